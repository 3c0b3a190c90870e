-- What a signed-in request reads: the account, its groups, the version of the settings, and whether the session is good.
-- (Authenticator.swift; here for pgbench, which measures it without everything around it.)
select a.id, a.email, a.name, a.role, a.bio, a.gender, a.date_of_birth::text, a.last_active_at,
    case when length(a.profile_image_url) <= 512 then a.profile_image_url end,
    (select json_agg(json_build_array(g.id, g.permissions)) from membership m join account_group g on g.id = m.group_id
     where m.account_id = a.id),
    (select version from setting_version),
    exists (select from session s where s.id = :session and s.account_id = a.id)
from account a where a.id = :account;
