-- Since when a person who opens a ticket by mail is told that it came; null for never.
alter table property add column acknowledges_at bigint;

-- Letters that nobody typed, counted over an hour, and when there were too many.
create table letter_ceiling (
    property text primary key references property (id),
    since bigint not null,
    n bigint not null,
    reached_at bigint
);
