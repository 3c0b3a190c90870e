-- Hosts that share this database: what one host's workers say to clients of another goes through here.
create unlogged table host (
    -- As the host's daemon calls itself.
    name text primary key,
    -- Another at each start of what speaks for the host.
    epoch text not null,
    seen_at timestamptz not null
);

-- Messages too long for a notification, for a minute.
create unlogged table host_message (
    id bigint generated always as identity primary key,
    parts bytea not null,
    created_at timestamptz not null default clock_timestamp()
);
create index host_message_age on host_message (created_at);
