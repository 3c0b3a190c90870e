-- Work that is done in the background, after the transaction that asked for it. A row lives until the work is done, or for some days
-- after it has failed for good.
create table job (
    id bigint generated always as identity primary key,
    kind text not null,
    payload json not null,
    -- Jobs of one lane run one after the other.
    lane text,
    run_at timestamptz not null default clock_timestamp(),
    attempts int not null default 0,
    -- The process that runs it, and until when it may be taken to be alive.
    owner text,
    lease_until timestamptz,
    failed_at timestamptz,
    last_error text,
    created_at timestamptz not null default clock_timestamp()
);
create index job_due on job (kind, run_at, id) where owner is null and failed_at is null;
create index job_lane on job (lane, run_at, id) where lane is not null and failed_at is null;
create index job_owner on job (owner) where owner is not null;
create index job_failed on job (failed_at) where failed_at is not null;
