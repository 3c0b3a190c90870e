-- What providers gave when somebody signed in with them: the newest for an account and a provider.
create table oauth_session (
    -- Also the value of the cookie by which a browser knows it.
    id text primary key,
    account_id text not null references account on delete cascade,
    -- google, microsoft, github, oidc, feishu, or a tool server's id.
    provider text not null,
    -- The provider's answer, tokens and all, encrypted.
    sealed bytea not null,
    -- Where a browser ends its session at the provider; noted here so that signing out need not ask the provider.
    end_session_endpoint text,
    expires_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (account_id, provider)
);
