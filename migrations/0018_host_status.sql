-- What each host told last about its processes, for the status page. Unlogged: it is new every few seconds, and nobody misses it after a crash.
create unlogged table host_status (
    name text not null,
    -- Tells apart several installations of one machine.
    directory text not null,
    seen_at timestamptz not null,
    document json not null,
    primary key (name, directory)
);
