-- Every view of the Inbox is a few ranges of one index, each read from its beginning. An index goes by what is filtered,
-- then by status and priority (few values: one that is left open makes a range of each), then by the order.
-- conversation_newest, conversation_status and conversation_priority stay as they were.
drop index conversation_kind;
drop index conversation_assignee;
drop index conversation_rank;
drop index conversation_waiting;
create index conversation_waiting on conversation (property, folder, status, priority, waiting_at, id);
create index conversation_kind on conversation (property, folder, kind, status, priority, last_at, id);
create index conversation_kind_waiting on conversation (property, folder, kind, status, priority, waiting_at, id);
create index conversation_assignee on conversation (property, folder, assignee, status, priority, last_at, id);
create index conversation_assignee_waiting on conversation (property, folder, assignee, status, priority, waiting_at, id);
create index conversation_missed on conversation (property, folder, status, priority, last_at, id) where missed_at is not null;
create index conversation_missed_waiting on conversation (property, folder, status, priority, waiting_at, id) where missed_at is not null;

-- A tag's rows repeat what views filter and order by, so that its lines are found in ranges as well.
alter table conversation_tag add column folder text not null default 'inbox';
alter table conversation_tag add column status text not null default 'open';
alter table conversation_tag add column priority bigint not null default 3;
alter table conversation_tag add column waiting_at bigint not null default 0;
update conversation_tag set (folder, status, priority, waiting_at) = (
    select c.folder, c.status, c.priority, c.waiting_at from conversation c
    where c.property = conversation_tag.property and c.id = conversation_tag.conversation
);
drop index conversation_tag_newest;
create index conversation_tag_last on conversation_tag (property, tag, folder, status, priority, last_at, conversation);
create index conversation_tag_waiting on conversation_tag (property, tag, folder, status, priority, waiting_at, conversation);

-- Lists end in the id: rows of one moment have an order, too.
drop index conversation_contact;
create index conversation_contact on conversation (property, contact, created_at, id);
drop index letter_out_property;
create index letter_out_property on letter_out (property, created_at, id);
drop index letter_in_property;
create index letter_in_property on letter_in (property, received_at, id);
drop index letter_out_due;
create index letter_out_due on letter_out (status, next_at, id);

-- A conversation that is deleted takes its Message-IDs with it: without this each deletion reads all of them.
create index mail_id_conversation on mail_id (property, conversation);
