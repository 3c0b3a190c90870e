-- What accounts think of answers.
create table feedback (
    id text primary key,
    account_id text not null references account on delete cascade,
    version bigint not null default 0,
    type text not null,
    -- {rating, model_id, sibling_model_ids, reason, comment, tags, …}
    data jsonb,
    -- {arena, chat_id, message_id, …}
    meta jsonb,
    -- The chat as it was: large, never looked into, and given back as it came.
    snapshot json,
    created_at bigint not null,
    updated_at bigint not null
);
create index feedback_updated on feedback (updated_at desc, id);
create index feedback_account on feedback (account_id, updated_at desc, id);

-- Facts that an account wants to be known to models.
create table memory (
    id text primary key,
    account_id text not null references account on delete cascade,
    content text not null,
    -- Numbers of four bytes, the lowest first; a vector of length 1. Null until the service of embeddings has answered.
    embedding bytea,
    -- Which service and model made it: only vectors of the same one can be compared.
    embedding_space text,
    -- Order of arrival.
    position bigint generated always as identity,
    created_at bigint not null,
    updated_at bigint not null
);
create index memory_account on memory (account_id, position);
