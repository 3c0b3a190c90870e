-- Texts behind a /command. Like models they outlive the account that made them.
create table prompt (
    -- With its slash.
    command text primary key,
    account_id text not null,
    title text not null,
    content text not null,
    -- Null: everybody may read. An object: only those it names, and the owner.
    access_control jsonb,
    updated_at bigint not null
);
create index prompt_updated on prompt (updated_at desc, command);
