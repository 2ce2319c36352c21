-- The log and those who follow it. One text for both databases: moments are microseconds UTC, JSON is text.

create table property (
    id text primary key,
    name text not null,
    language text not null,
    time_zone text not null,
    -- local part of the ticket forwarding address
    forwarding text not null,
    created_at bigint not null
);
-- On an expression on purpose: PostgreSQL locks a row whose unique column changes against every reference to it,
-- and a renewed address would wait for the log while the log's writers wait for the property.
create unique index property_forwarding_key on property (lower(forwarding));

-- The counter row: taken last in a transaction, so that numbers come in the order of commits and none is left out.
create table log_head (
    property text primary key references property (id),
    seq bigint not null
);

create table event (
    property text not null references property (id),
    seq bigint not null,
    at bigint not null,
    what text not null,
    conversation text,
    -- `agents`, or `agent:ID` for what only one is told
    audience text not null,
    -- author, messages and counters, as JSON
    body text not null,
    primary key (property, seq)
);
create index event_conversation on event (property, conversation, seq);

create table reader_cursor (
    reader text not null,
    property text not null references property (id),
    seq bigint not null,
    primary key (reader, property)
);

-- Values of this installation, such as the key that signs addresses.
create table secret (
    name text primary key,
    value text not null
);
