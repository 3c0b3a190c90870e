-- What administrators saved; the name is that of the environment variable.
create table setting (
    name text primary key,
    value jsonb not null,
    updated_at timestamptz not null default now()
);

-- Every request reads this number with its first query, so that a process whose settings are older reads them again:
-- a change is in force everywhere as soon as it is committed.
create table setting_version (
    singleton boolean primary key default true check (singleton),
    version bigint not null
);
insert into setting_version (version) values (1);

create function setting_changed() returns trigger language plpgsql as $$
begin
    update setting_version set version = version + 1;
    perform pg_notify('swiftlet_settings', '');
    return null;
end $$;
create trigger setting_changed after insert or update or delete on setting
    for each statement execute function setting_changed();
