-- What identity providers say of accounts and groups by SCIM that these have no place of their own for.
alter table account
    -- The name by which the provider knows the account; null while that is its e-mail address.
    add column scim_user_name text,
    -- The provider's own id.
    add column scim_external_id text,
    -- Parts of the name, labels of the address and of the picture, further ones: see Sources/Accounts/SCIM/README.md.
    add column scim jsonb;
create unique index account_scim_user_name on account (lower(scim_user_name)) where scim_user_name is not null;
create index account_scim_external_id on account (scim_external_id) where scim_external_id is not null;

alter table account_group add column scim_external_id text;
create index account_group_scim_external_id on account_group (scim_external_id) where scim_external_id is not null;
create index account_group_name on account_group (lower(name));

-- How the provider calls a member within its group; null for the account's own name.
alter table membership add column scim_display text;
