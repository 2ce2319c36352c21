-- Contacts that are one person: merged, to be undone at any time; and those who may be one, as a proposal.

-- The contact that this one went into. Its row stays, since messages name it as their author; nothing else is its own any more.
alter table contact add column merged_into text;

create table contact_merge (
    property text not null,
    id text not null,
    stays text not null,
    goes text not null,
    -- what was known of the one that stays before and after, as JSON
    kept text not null,
    -- author as JSON
    author text not null,
    at bigint not null,
    undone_at bigint,
    primary key (property, id),
    foreign key (property, stays) references contact (property, id),
    foreign key (property, goes) references contact (property, id)
);
create index contact_merge_stays on contact_merge (property, stays, at, id);
create index contact_merge_goes on contact_merge (property, goes);

-- What went from the one to the other.
create table contact_merge_part (
    property text not null,
    merge text not null,
    -- `address`, `conversation`, `note`, `visitor`
    kind text not null,
    id text not null,
    primary key (property, merge, kind, id),
    foreign key (property, merge) references contact_merge (property, id) on delete cascade
);

-- What two contacts of one person have in common: the last digits of a telephone number, a whole name, a mailbox.
create table contact_sign (
    property text not null,
    sign text not null,
    contact text not null,
    primary key (property, sign, contact),
    foreign key (property, contact) references contact (property, id) on delete cascade
);
create index contact_sign_contact on contact_sign (property, contact);

-- Two contacts who may be one person.
create table contact_twin (
    property text not null,
    -- the smaller id
    a text not null,
    b text not null,
    -- what they have in common, as a JSON array of words
    why text not null,
    found_at bigint not null,
    -- since when it is known that they are two
    dismissed_at bigint,
    primary key (property, a, b),
    foreign key (property, a) references contact (property, id) on delete cascade,
    foreign key (property, b) references contact (property, id) on delete cascade
);
create index contact_twin_b on contact_twin (property, b);
create index contact_twin_open on contact_twin (property, found_at, a, b) where dismissed_at is null;
