-- The queue of answers being made. A row lives from the request to the end of the answer.
create table turn (
    id text primary key,
    account_id text not null references account on delete cascade,
    -- Null outside of a stored chat.
    chat_id text,
    message_id text,
    session_id text,
    -- Where the answer goes: `events` of the account's sockets, or the `stream` that holds the client's response.
    reply text not null check (reply in ('events', 'stream')),
    stream_key text,
    request json not null,
    state text not null default 'queued' check (state in ('queued', 'running')),
    -- The process that runs it, and until when it may be taken to be alive.
    owner text,
    lease_until timestamptz,
    attempts int not null default 0,
    -- True once a part of the answer was shown: then it can not start again from the beginning.
    shown boolean not null default false,
    stopped boolean not null default false,
    queued_at timestamptz not null default clock_timestamp()
);
create index turn_queue on turn (queued_at) where state = 'queued';
create index turn_account on turn (account_id, state);
create index turn_chat on turn (chat_id) where chat_id is not null;

-- The sockets that are open, by daemon. A restarted daemon begins by removing its own.
create table socket_session (
    sid text primary key,
    daemon text not null,
    account_id text not null,
    session_id text,
    connected_at timestamptz not null default now()
);
create index socket_session_account on socket_session (account_id);
create index socket_session_daemon on socket_session (daemon);
create index socket_session_session on socket_session (session_id) where session_id is not null;

-- Models that open pages say they are using; a row counts for three seconds.
create unlogged table model_usage (
    sid text not null,
    model_id text not null,
    seen_at timestamptz not null,
    primary key (sid, model_id)
);
