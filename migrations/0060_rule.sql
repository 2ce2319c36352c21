-- What is done by itself in conversations. Where each rule is in the log stands in `reader_cursor`: `rule` for those that look at
-- what happens, `rule:ID` for each that waits until time has passed.
create table rule (
    property text not null references property (id),
    id text not null,
    -- its place in the list
    place bigint not null,
    -- the rest, as JSON
    settings text not null,
    -- when it was switched off
    off_at bigint,
    ran bigint not null,
    ran_at bigint,
    primary key (property, id)
);

-- The agent whom a rule gave something to last: the next one gets the next.
alter table department add column turn text;
