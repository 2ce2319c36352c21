-- How soon tickets are to be answered and solved. What is due follows each change of a ticket in its own transaction; after a change of
-- the targets or of the hours open tickets are looked through once more, from `spread_from` on.
create table target (
    property text primary key references property (id),
    -- by priority, as JSON
    settings text not null,
    -- counts the changes, so that a walk which is behind says nothing of the next one
    round bigint not null,
    -- the last conversation that was looked at; none once all were
    spread_from text
);

-- When the next thing is due; the largest number when nothing is, so that it sorts last.
alter table conversation add column due_at bigint not null default 9223372036854775807;
-- `reply`, `resolution`
alter table conversation add column due text;
-- since when it is due soon, if it is; else when it will be
alter table conversation add column soon_at bigint;
alter table conversation add column near_at bigint;
-- How long a ticket took before its clock last stopped, microseconds, and since when it runs, if it does.
alter table conversation add column worked bigint not null default 0;
alter table conversation add column works_from bigint;
update conversation set works_from = created_at where kind = 'ticket' and folder = 'inbox' and status in ('open', 'snoozed');

-- The order of what is due next, after each filter (0006_inbox), and the filter of what is due soon before each order.
create index conversation_due on conversation (property, folder, status, priority, due_at, id);
create index conversation_kind_due on conversation (property, folder, kind, status, priority, due_at, id);
create index conversation_assignee_due on conversation (property, folder, assignee, status, priority, due_at, id);
create index conversation_missed_due on conversation (property, folder, status, priority, due_at, id) where missed_at is not null;
create index conversation_soon on conversation (property, folder, status, priority, last_at, id) where soon_at is not null;
create index conversation_soon_waiting on conversation (property, folder, status, priority, waiting_at, id) where soon_at is not null;
create index conversation_soon_due on conversation (property, folder, status, priority, due_at, id) where soon_at is not null;
create index conversation_near on conversation (near_at) where near_at is not null;
alter table conversation_tag add column due_at bigint not null default 9223372036854775807;
create index conversation_tag_due on conversation_tag (property, tag, folder, status, priority, due_at, conversation);
