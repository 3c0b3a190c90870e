-- Accounts, how they sign in, and the groups they belong to. Times are seconds since 1970 unless said otherwise, as the API gives them.
create table account (
    id text primary key,
    email text not null,
    name text not null,
    username text,
    role text not null check (role in ('pending', 'user', 'admin')),
    profile_image_url text not null default '/user.png',
    bio text,
    gender text,
    date_of_birth date,
    info jsonb,
    settings jsonb,
    oauth_sub text unique,
    last_active_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    -- Tokens of the reference carry no id, so single ones can not be told apart: after a change of password or role all of them end.
    foreign_tokens_revoked boolean not null default false
);
create unique index account_email on account (lower(email));
create index account_created on account (created_at, id);

create table credential (
    account_id text primary key references account on delete cascade,
    password_hash text not null,
    active boolean not null default true
);

-- One row for each token that was issued and may still be used; a token without its row is refused.
create table session (
    id text primary key,
    account_id text not null references account on delete cascade,
    created_at bigint not null,
    expires_at bigint,
    address text not null default '',
    user_agent text not null default ''
);
create index session_account on session (account_id);
create index session_expiry on session (expires_at) where expires_at is not null;

-- Tokens without an id (made by the reference) that were signed out, by their SHA-256.
create table revoked_token (
    digest bytea primary key,
    revoked_at bigint not null
);

-- Found by the SHA-256 of the key; the key itself lies encrypted, because its owner may look at it again.
create table api_key (
    account_id text primary key references account on delete cascade,
    digest bytea not null unique,
    sealed bytea not null,
    created_at bigint not null,
    last_used_at bigint
);

create table account_group (
    id text primary key,
    owner_id text not null,
    name text not null,
    description text not null default '',
    data jsonb,
    meta jsonb,
    permissions jsonb,
    created_at bigint not null,
    updated_at bigint not null
);

create table membership (
    group_id text not null references account_group on delete cascade,
    account_id text not null references account on delete cascade,
    primary key (group_id, account_id)
);
create index membership_account on membership (account_id);
