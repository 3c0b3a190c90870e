-- The model list that each provider gave last, so that no request waits for a provider to show it.
create table provider_models (
    -- SHA-256 of the connection's address, key and configuration: a changed connection starts anew.
    connection text primary key,
    -- What the provider answered; null after a failure.
    models json,
    error text,
    fetched_at timestamptz not null default now()
);

-- Processes keep the merged list in memory as long as this number stays.
create table catalog_version (
    singleton boolean primary key default true check (singleton),
    version bigint not null
);
insert into catalog_version (version) values (1);

create function catalog_changed() returns trigger language plpgsql as $$
begin
    update catalog_version set version = version + 1;
    return null;
end $$;
-- Not for a new time alone: an unchanged list that was fetched again changes nothing.
create trigger provider_models_changed after insert or delete or update of models on provider_models
    for each statement execute function catalog_changed();
create trigger model_changed after insert or update or delete on model
    for each statement execute function catalog_changed();
