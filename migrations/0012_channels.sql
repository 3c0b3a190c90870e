-- Rooms in which accounts write to each other. Times are nanoseconds since 1970, as the API gives them.
create table channel (
    id text primary key,
    -- Whoever made it; the channel stays when that account goes.
    account_id text not null,
    type text,
    name text not null,
    description text,
    data jsonb,
    meta jsonb,
    access_control jsonb,
    created_at bigint not null,
    updated_at bigint not null
);

create table channel_message (
    id text primary key,
    channel_id text not null references channel on delete cascade,
    -- The author, or for a model's answer whoever asked; messages stay when the account goes.
    account_id text not null,
    -- The message that a thread hangs from, and the one that is quoted; each may be gone.
    parent_id text,
    reply_to_id text,
    content text not null,
    data jsonb,
    meta jsonb,
    created_at bigint not null,
    updated_at bigint not null
);
create index channel_message_roots on channel_message (channel_id, created_at desc, id desc) where parent_id is null;
create index channel_message_thread on channel_message (parent_id, created_at desc, id desc) where parent_id is not null;

create table channel_reaction (
    message_id text not null references channel_message on delete cascade,
    account_id text not null,
    name text not null,
    created_at bigint not null,
    primary key (message_id, name, account_id)
);

-- The few accounts that want to be told by a webhook.
create index account_webhook on account (id) where settings #>> '{ui,notifications,webhook_url}' <> '';
