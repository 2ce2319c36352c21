-- Contacts as the list shows and sorts them.
alter table contact add column organisation text not null default '';
-- as typed, as a JSON array
alter table contact add column phones text not null default '[]';
-- when something was last said with them; never goes back
alter table contact add column last_at bigint not null default 0;
-- what the list by name is sorted by: letters without marks and digits alone, so that every collation sorts it alike.
-- Empty until the clock has found the words of a contact that is older than this.
alter table contact add column sorted_as text not null default '';
-- the same of the organisation, and the digits of each telephone number between blanks: what filters compare
alter table contact add column organisation_as text not null default '';
alter table contact add column phone_digits text not null default '';
update contact set last_at = coalesce(
    (select max(c.last_at) from conversation c where c.property = contact.property and c.contact = contact.id),
    created_at
);
create index contact_newest on contact (property, last_at, id);
create index contact_sorted on contact (property, sorted_as, id);
create index contact_organisation on contact (property, organisation_as, last_at, id);
create index contact_unsorted on contact (sorted_as) where sorted_as = '';

-- The words a contact is found by, folded as `sorted_as` is: of name, addresses, telephone numbers, organisation.
create table contact_word (
    property text not null,
    contact text not null,
    word text not null,
    primary key (property, contact, word),
    foreign key (property, contact) references contact (property, id) on delete cascade
);
create index contact_word_word on contact_word (property, word, contact);

create table contact_note (
    property text not null,
    id text not null,
    contact text not null,
    -- author as JSON
    author text not null,
    body text not null,
    at bigint not null,
    edited_at bigint,
    primary key (property, id),
    foreign key (property, contact) references contact (property, id) on delete cascade
);
create index contact_note_contact on contact_note (property, contact, at, id);

-- Whose conversation it stands in: the timeline of a contact is one range.
alter table message add column contact text;
update message set contact = (
    select c.contact from conversation c where c.property = message.property and c.id = message.conversation
);
create index message_contact on message (property, contact, at, id);

-- Lists of contacts that are asked for again and again: everybody in the property sees them.
create table contact_segment (
    property text not null references property (id),
    id text not null,
    name text not null,
    -- search, filters and order, as JSON
    asked text not null,
    created_by text not null,
    created_at bigint not null,
    primary key (property, id)
);
create unique index contact_segment_name on contact_segment (property, name);
