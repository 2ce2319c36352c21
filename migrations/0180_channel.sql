-- How a conversation came: `chat`, `email`, `web` (an agent wrote first). It stays what it was at the beginning.
alter table conversation add column channel text not null default 'email';
update conversation set channel = 'chat' where kind = 'chat';
update conversation set channel = 'web' where kind = 'ticket' and coalesce((
    select m.channel from message m where m.property = conversation.property and m.conversation = conversation.id and m.kind = 'said'
    order by m.seq, m.place limit 1
), 'web') <> 'email';

-- The Inbox by it: a few ranges of one index under each order, as 0006_inbox has them.
create index conversation_channel on conversation (property, folder, channel, status, priority, last_at, id);
create index conversation_channel_waiting on conversation (property, folder, channel, status, priority, waiting_at, id);
create index conversation_channel_due on conversation (property, folder, channel, status, priority, due_at, id);

-- With days SQLite would rather read all lines of these than look up what else is asked of somebody's: here it has that at hand.
drop index conversation_assignee;
create index conversation_assignee on conversation (property, folder, assignee, status, priority, last_at, id, kind, channel);

-- A view may go by days. When those are others: the next midnight of one that goes by today; none of one that stays as it is.
alter table saved_view add column turns_at bigint;
create index saved_view_turns on saved_view (turns_at) where turns_at is not null;

-- Reports take it from here, too.
insert into report_due (property, conversation) select property, id from conversation where 1 = 1 on conflict (property, conversation) do nothing;
