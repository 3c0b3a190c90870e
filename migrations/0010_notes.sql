-- A note. Times are nanoseconds since 1970, as its clients expect.
create table note (
    id text primary key,
    account_id text not null references account on delete cascade,
    title text not null,
    data jsonb,
    meta jsonb,
    access_control jsonb,
    created_at bigint not null,
    updated_at bigint not null
);
create index note_account on note (account_id, updated_at desc);
create index note_updated on note (updated_at desc);

-- What several people write together in a note, as a log of Yjs updates. Whoever appends to the log or reads it whole locks this row.
create table note_document (
    note_id text primary key references note on delete cascade,
    -- The position of the last entry.
    position bigint not null default 0,
    entries int not null default 0,
    bytes bigint not null default 0
);

create table note_update (
    note_id text not null references note_document on delete cascade,
    position bigint not null,
    -- Whose update it is; null for an entry that several were merged into.
    sid text,
    update bytea not null,
    -- SHA-256 of the update: pages send back what they receive, and that is no new entry.
    hash bytea not null,
    primary key (note_id, position),
    unique (note_id, hash)
);

-- The sockets that write in a note's document together, or look at the note and hear of its changes.
create table note_member (
    note_id text not null references note on delete cascade,
    sid text not null references socket_session on delete cascade,
    room text not null check (room in ('document', 'note')),
    may_write boolean not null,
    joined_at timestamptz not null default clock_timestamp(),
    primary key (note_id, sid, room)
);
create index note_member_sid on note_member (sid);
