-- Substrings of titles and messages are found through trigrams.
create extension if not exists pg_trgm;

create table folder (
    id text primary key,
    account_id text not null references account on delete cascade,
    parent_id text,
    name text not null,
    items jsonb,
    data jsonb,
    meta jsonb,
    is_expanded boolean not null default false,
    created_at bigint not null,
    updated_at bigint not null
);
create index folder_account on folder (account_id, parent_id);

-- A chat without its messages. `body` is the client's own object less `history` and `messages`.
create table chat (
    id text primary key,
    account_id text not null references account on delete cascade,
    title text not null,
    body jsonb not null,
    -- The last message of the branch that is shown.
    current_id text,
    -- Messages that different pages added without having heard of each other's: [{"new": [ids], "unknown": [ids]}].
    forks jsonb,
    -- False for the rare chat that was saved without a `history`.
    has_history boolean not null default true,
    -- The client's flat list `messages`: absent, the shown branch of the history, some of its messages by id, or a list of its own.
    flat text not null default 'none' check (flat in ('none', 'branch', 'ids', 'loose')),
    message_ids text[],
    loose_messages jsonb,
    -- The texts of the loose messages, to be found by search.
    loose_text text,
    meta jsonb not null default '{}',
    folder_id text,
    pinned boolean not null default false,
    archived boolean not null default false,
    created_at bigint not null,
    updated_at bigint not null
);
create index chat_list on chat (account_id, updated_at desc, id) where not archived;
create index chat_pinned on chat (account_id, updated_at desc, id) where pinned and not archived;
create index chat_archived on chat (account_id, updated_at desc, id) where archived;
create index chat_folder on chat (folder_id, updated_at desc) where folder_id is not null;
create index chat_tags on chat using gin ((meta -> 'tags'));
create index chat_title on chat using gin (title gin_trgm_ops);
create index chat_loose_text on chat using gin (loose_text gin_trgm_ops) where loose_text is not null;

-- One message of a chat's history. `body` is the client's object less what has a column of its own.
create table chat_message (
    chat_id text not null references chat on delete cascade,
    id text not null,
    parent_id text,
    role text,
    -- The text; null when the client's content is no string and lies in the body.
    content text,
    body jsonb not null,
    -- Order of arrival: the order of siblings, and of the messages in the client's object.
    position bigint generated always as identity,
    -- While an answer is written its text changes every second, and the search index is left alone.
    streaming boolean not null default false,
    primary key (chat_id, id)
);
create index chat_message_content on chat_message using gin (content gin_trgm_ops) where not streaming;

create table tag (
    account_id text not null references account on delete cascade,
    id text not null,
    name text not null,
    meta jsonb,
    primary key (account_id, id)
);

-- A chat as it was when its owner shared it last.
create table shared_chat (
    id text primary key,
    chat_id text not null unique references chat on delete cascade,
    title text not null,
    chat json not null,
    meta jsonb not null default '{}',
    created_at bigint not null,
    updated_at bigint not null
);
