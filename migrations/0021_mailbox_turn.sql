-- Which process reads a mailbox, and until when it does even if it is not heard of.
alter table mailbox add column held_by text;
alter table mailbox add column held_until bigint not null default 0;
