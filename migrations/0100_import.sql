-- What was said elsewhere and is taken in as history.

-- what the other program calls it, with the program's name before: it is taken in once
alter table conversation add column import_key text;
create unique index conversation_import_key on conversation (property, import_key);
