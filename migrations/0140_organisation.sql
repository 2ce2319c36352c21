-- Organisations that contacts work or write for. Each was a text of each contact before.
create table organisation (
    property text not null references property (id),
    id text not null,
    name text not null,
    -- folded as `contact.sorted_as` is; of a name without letters, the name: two of one name are one
    name_as text not null,
    -- what agents write of it
    notes text not null default '',
    created_at bigint not null,
    changed_at bigint not null,
    -- contacts after this place (`last_at`, `id`) are still to be told that it is called otherwise, or goes; none: all were told
    spread_at bigint,
    spread_id text,
    -- since when it goes: it is in no list, has no name, and is deleted once no contact names it
    ends_at bigint,
    -- the organisation that its contacts go to then; none: they belong to none
    goes_into text,
    primary key (property, id)
);
create unique index organisation_name on organisation (property, name_as);
create index organisation_spread on organisation (spread_at, property, id) where spread_at is not null;

-- Whoever first comes with an address of such a domain belongs to the organisation.
create table organisation_domain (
    property text not null,
    domain text not null,
    organisation text not null,
    primary key (property, domain),
    foreign key (property, organisation) references organisation (property, id) on delete cascade
);
create index organisation_domain_of on organisation_domain (property, organisation);

-- What contacts say becomes one each, under the id of its oldest contact and in that one's spelling.
insert into organisation (property, id, name, name_as, created_at, changed_at)
select g.property, g.id, k.organisation, g.name_as, k.created_at, k.created_at from (
    select c.property, case when c.organisation_as <> '' then c.organisation_as else lower(c.organisation) end as name_as, min(c.id) as id
    from contact c where c.organisation <> ''
    group by c.property, case when c.organisation_as <> '' then c.organisation_as else lower(c.organisation) end
) g join contact k on k.property = g.property and k.id = g.id;

-- The organisation of a contact, by its id. No reference: a column that is added can have none of two columns on SQLite.
alter table contact add column belongs_to text;
update contact set belongs_to = (
    select o.id from organisation o where o.property = contact.property
    and o.name_as = case when contact.organisation_as <> '' then contact.organisation_as else lower(contact.organisation) end
) where organisation <> '';
alter table contact drop column organisation;
alter table contact rename column belongs_to to organisation;
create index contact_of_organisation on contact (property, organisation, merged_into, last_at, id);
