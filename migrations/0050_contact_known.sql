-- What more is known of a contact: tags and attributes. Agents say some, the site says others of its visitors.
-- what agents say, as JSON: a sorted array of tags, an object of attributes
alter table contact add column tags text not null default '[]';
alter table contact add column attributes text not null default '{}';
-- the same, as the site says it of the visitors that the contact is; what agents say under the same name counts before it
alter table contact add column site_tags text not null default '[]';
alter table contact add column site_attributes text not null default '{}';
-- By which rules all that a contact is found by was written down. The clock does it for those whose number is too small.
alter table contact add column index_version bigint not null default 0;
create index contact_version on contact (index_version);
drop index contact_unsorted;

-- Everything that counts, whoever says it: what filters look at.
create table contact_tag (
    property text not null,
    tag text not null,
    contact text not null,
    primary key (property, tag, contact),
    foreign key (property, contact) references contact (property, id) on delete cascade
);
create index contact_tag_contact on contact_tag (property, contact);
create table contact_attribute (
    property text not null,
    contact text not null,
    -- folded as `sorted_as` is
    name_as text not null,
    value_as text not null,
    -- as it is written
    name text not null,
    primary key (property, contact, name_as),
    foreign key (property, contact) references contact (property, id) on delete cascade
);
create index contact_attribute_value on contact_attribute (property, name_as, value_as, contact);
