-- Workspace models: presets (with a base) and what administrators changed of providers' models (without).
create table model (
    id text primary key,
    account_id text not null,
    base_model_id text,
    name text not null,
    params jsonb not null default '{}',
    meta jsonb not null default '{}',
    -- Null: everybody may read. An object: only those it names, and the owner.
    access_control jsonb,
    is_active boolean not null default true,
    created_at bigint not null,
    updated_at bigint not null
);
create index model_base on model (base_model_id);
