-- The order in which accounts were made: seconds do not tell who was the first admin.
alter table account add column position bigint generated always as identity;

-- A session is known by its last use, which is noted at most once a minute with the address and browser it came from.
alter table session add column last_used_at bigint;

-- Counters of rate limits. After a crash they begin anew, which is as good.
create unlogged table rate_limit (
    bucket text primary key,
    used int not null,
    resets_at timestamptz not null
);
create index rate_limit_end on rate_limit (resets_at);

-- Who changed which account, right or setting. Entries are made by triggers in the transaction of the change itself, so that no way of
-- changing something goes around them, and each entry's hash covers its predecessor's.
create table audit_entry (
    -- From 1, without gaps.
    id bigint primary key,
    created_at bigint not null,
    -- The account; null for visitors, commands and peers.
    actor_id text,
    actor text not null,
    address text not null,
    -- The route, the command, or the database client that made the change.
    via text not null,
    action text not null,
    subject_id text not null,
    subject text not null,
    -- What was there and what came, secrets masked. Of an update only what differs.
    old jsonb,
    new jsonb,
    hash bytea not null
);
create index audit_entry_actor on audit_entry (actor_id, id) where actor_id is not null;
create index audit_entry_subject on audit_entry (subject_id, id);

-- The last entry's number and hash: an end that was cut off is missed. Its row lock puts entries in order.
create table audit_head (
    singleton boolean primary key default true check (singleton),
    id bigint not null,
    hash bytea not null
);
insert into audit_head (id, hash) values (0, sha256('swiftlet audit'));

create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'The audit trail can only be added to' using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_append_only before update or delete or truncate on audit_entry
    for each statement execute function audit_refuse();
create trigger audit_head_stays before delete or truncate on audit_head
    for each statement execute function audit_refuse();

-- One field of what is hashed: its length and its bytes, or a dash for null.
create function audit_part(value text) returns text language sql immutable as $$
    select coalesce(octet_length(value) || ':' || value, '-')
$$;

-- Whether what stands under a name is a secret, by the names that settings and connections use.
create function audit_is_secret(name text) returns boolean language sql immutable as $$
    select upper(name) ~ ('KEY|SECRET|PASSWORD|TOKEN|CREDENTIAL|AUTHORIZATION|COOKIE|HEADERS|WEBHOOK_URL|PROXY_URL|DATABASE_URL'
        || '|CONFIGS$|CONNECTIONS$|API_AUTH$|API_SK$|API_SID$')
$$;

-- A value with its secrets covered and its long texts cut.
create function audit_masked(value jsonb, is_secret boolean) returns jsonb language plpgsql immutable as $$
declare
    plain text;
begin
    case jsonb_typeof(value)
        when 'object' then
            return (
                select coalesce(jsonb_object_agg(m.key, audit_masked(m.value, is_secret or audit_is_secret(m.key))), '{}')
                from jsonb_each(value) m
            );
        when 'array' then
            return (
                select coalesce(jsonb_agg(audit_masked(m.value, is_secret) order by m.place), '[]')
                from jsonb_array_elements(value) with ordinality m (value, place)
            );
        when 'string' then
            plain := value #>> '{}';
            if plain = '' then return value; end if;
            if is_secret then return '"•••"'; end if;
            plain := regexp_replace(plain, '://[^/@[:space:]]+@', '://•••@', 'g');
            return to_jsonb(case when length(plain) > 4000 then left(plain, 4000) || '…' else plain end);
        else
            return value;
    end case;
end $$;

-- The members of a row that are named.
create function audit_pick(row_value jsonb, names text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(row_value) where key = any (names)
$$;

-- Adds an entry. Who acts stands in the session's variable swiftlet.actor: {"id", "name", "address", "via"}.
create function audit_record(action text, subject_id text, subject text, old jsonb, new jsonb) returns void language plpgsql as $$
declare
    who jsonb := coalesce(nullif(current_setting('swiftlet.actor', true), '')::jsonb, '{}');
    head audit_head;
    entry audit_entry;
begin
    select * into strict head from audit_head for update;
    entry.id := head.id + 1;
    entry.created_at := extract(epoch from clock_timestamp())::bigint;
    entry.actor_id := who ->> 'id';
    entry.actor := coalesce(who ->> 'name', session_user::text);
    entry.address := coalesce(who ->> 'address', '');
    entry.via := coalesce(who ->> 'via', current_setting('application_name'));
    entry.action := action;
    entry.subject_id := subject_id;
    entry.subject := coalesce(subject, '');
    entry.old := audit_masked(old, false);
    entry.new := audit_masked(new, false);
    entry.hash := sha256(head.hash || convert_to(
        audit_part(entry.id::text) || audit_part(entry.created_at::text) || audit_part(entry.actor_id) || audit_part(entry.actor)
        || audit_part(entry.address) || audit_part(entry.via) || audit_part(entry.action) || audit_part(entry.subject_id)
        || audit_part(entry.subject) || audit_part(entry.old::text) || audit_part(entry.new::text), 'UTF8'));
    insert into audit_entry select entry.*;
    update audit_head set id = entry.id, hash = entry.hash;
end $$;

-- For tables whose rows are things with a name. Arguments: what it is called, the columns of its id and its name, and those that matter.
create function audit_row() returns trigger language plpgsql as $$
declare
    names text[] := tg_argv[3:];
    before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    thing jsonb := coalesce(after, before);
    was jsonb := audit_pick(before, names);
    is_now jsonb := audit_pick(after, names);
    verb text := case tg_op when 'INSERT' then 'create' when 'DELETE' then 'delete' else 'update' end;
begin
    if tg_op = 'UPDATE' then
        names := array(select key from jsonb_each(is_now) where was -> key is distinct from value);
        if names = '{}' then return null; end if;
        was := audit_pick(before, names);
        is_now := audit_pick(after, names);
    end if;
    perform audit_record(tg_argv[0] || '.' || verb, thing ->> tg_argv[1], thing ->> tg_argv[2],
        case when tg_op <> 'INSERT' then was end, case when tg_op <> 'DELETE' then is_now end);
    return null;
end $$;

-- All triggers wait for the commit, so that the head's lock is held for a moment only and nothing is locked after it.
create constraint trigger account_audit after insert or delete on account deferrable initially deferred
    for each row execute function audit_row('account', 'id', 'email', 'email', 'name', 'username', 'role', 'oauth_sub');
create constraint trigger account_change_audit after update on account deferrable initially deferred
    for each row when (
        (old.email, old.name, old.username, old.role, old.oauth_sub)
        is distinct from (new.email, new.name, new.username, new.role, new.oauth_sub))
    execute function audit_row('account', 'id', 'email', 'email', 'name', 'username', 'role', 'oauth_sub');
create constraint trigger account_group_audit after insert or delete on account_group deferrable initially deferred
    for each row execute function audit_row('group', 'id', 'name', 'name', 'description', 'permissions');
create constraint trigger account_group_change_audit after update on account_group deferrable initially deferred
    for each row when ((old.name, old.description, old.permissions) is distinct from (new.name, new.description, new.permissions))
    execute function audit_row('group', 'id', 'name', 'name', 'description', 'permissions');

create function audit_setting() returns trigger language plpgsql as $$
declare
    setting_name text := case when tg_op = 'DELETE' then old.name else new.name end;
begin
    perform audit_record(
        case when tg_op = 'DELETE' then 'setting.reset' else 'setting.save' end, setting_name, setting_name,
        case when tg_op <> 'INSERT' then audit_masked(old.value, audit_is_secret(setting_name)) end,
        case when tg_op <> 'DELETE' then audit_masked(new.value, audit_is_secret(setting_name)) end);
    return null;
end $$;
create constraint trigger setting_audit after insert or delete on setting deferrable initially deferred
    for each row execute function audit_setting();
create constraint trigger setting_change_audit after update on setting deferrable initially deferred
    for each row when (old.value is distinct from new.value) execute function audit_setting();

-- Of passwords and keys it is told that they changed, nothing more. What goes with its account is told by the account's entry.
create function audit_secret() returns trigger language plpgsql as $$
declare
    owner_id text := case when tg_op = 'DELETE' then old.account_id else new.account_id end;
    owner_email text;
    covered jsonb := jsonb_build_object(tg_argv[0], '•••');
begin
    select email into owner_email from account where id = owner_id;
    if owner_email is null then return null; end if;
    perform audit_record('account.' || tg_argv[0], owner_id, owner_email,
        case when tg_op <> 'INSERT' then covered end, case when tg_op <> 'DELETE' then covered end);
    return null;
end $$;
create constraint trigger credential_audit after insert or delete on credential deferrable initially deferred
    for each row execute function audit_secret('password');
-- A sign-in that puts a stronger hash of the same password in place changes nothing that matters.
create constraint trigger credential_change_audit after update on credential deferrable initially deferred
    for each row when (old.password_hash is distinct from new.password_hash
        and coalesce(current_setting('swiftlet.actor', true), '') not like '%/auths/signin"%')
    execute function audit_secret('password');
create constraint trigger api_key_audit after insert or delete on api_key deferrable initially deferred
    for each row execute function audit_secret('api_key');
create constraint trigger api_key_change_audit after update on api_key deferrable initially deferred
    for each row when (old.digest is distinct from new.digest) execute function audit_secret('api_key');

create function audit_credential_state() returns trigger language plpgsql as $$
begin
    perform audit_record('account.update', new.account_id, (select email from account where id = new.account_id),
        jsonb_build_object('active', old.active), jsonb_build_object('active', new.active));
    return null;
end $$;
create constraint trigger credential_state_audit after update on credential deferrable initially deferred
    for each row when (old.active is distinct from new.active) execute function audit_credential_state();

create function audit_membership() returns trigger language plpgsql as $$
declare
    change membership := case when tg_op = 'DELETE' then old else new end;
    group_name text := (select name from account_group where id = change.group_id);
    member text := (select email from account where id = change.account_id);
    value jsonb := jsonb_build_object('account', change.account_id, 'email', member);
begin
    if group_name is null or member is null then return null; end if;
    perform audit_record(case when tg_op = 'DELETE' then 'group.remove' else 'group.add' end, change.group_id, group_name,
        case when tg_op = 'DELETE' then value end, case when tg_op = 'INSERT' then value end);
    return null;
end $$;
create constraint trigger membership_audit after insert or delete on membership deferrable initially deferred
    for each row execute function audit_membership();

-- Watches with whom the rows of a table are shared, by its column access_control. For migrations that make such a table.
create function audit_access(watched text, id_column text, name_column text) returns void language plpgsql as $$
begin
    execute format(
        'create constraint trigger %I after update on %I deferrable initially deferred for each row
         when (old.access_control is distinct from new.access_control) execute function audit_row(%L, %L, %L, ''access_control'')',
        watched || '_access_audit', watched, watched, id_column, name_column);
end $$;

do $$
declare
    watched record;
begin
    for watched in
        select c.table_name, array_agg(c.column_name::text) as names from information_schema.columns c
        where c.table_schema = current_schema() group by c.table_name
    loop
        if 'access_control' = any (watched.names) then
            perform audit_access(
                watched.table_name,
                case when 'id' = any (watched.names) then 'id' else 'command' end,
                case when 'name' = any (watched.names) then 'name' when 'title' = any (watched.names) then 'title' else 'id' end);
        end if;
    end loop;
end $$;
