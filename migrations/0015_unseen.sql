-- when an agent last said something in the window that no window of the visitor has shown since; none when all of it was seen, or mailed
alter table chat add column unseen_at bigint;
create index chat_unseen on chat (unseen_at) where unseen_at is not null;
