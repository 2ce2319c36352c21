-- What conversations are found by: the words of each in one document, kept true by a reader of the log.
create table search_doc (
    -- grows with every writing, so that what was said last has the largest
    n bigint primary key,
    property text not null,
    conversation text not null,
    -- characters that were read for it
    size bigint not null,
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);
create unique index search_doc_conversation on search_doc (property, conversation);
create index search_doc_newest on search_doc (property, n);

-- The words, folded by the desk. `head`: subject, number and customer; `body`: the rest. Here between blanks, to look at one document;
-- in the index each behind a short name of its property.
-- only sqlite
alter table search_doc add column head text not null default '';
-- only sqlite
alter table search_doc add column body text not null default '';
-- only sqlite
create virtual table search_text using fts5 (head, body, content = '', contentless_delete = 1, tokenize = 'ascii');
-- only sqlite
create trigger search_doc_gone after delete on search_doc begin delete from search_text where rowid = old.n; end;
-- weight A is the head, D the body
-- only postgres
alter table search_doc add column words tsvector not null default '';
-- documents stay in the table's own pages: the newest are looked through one by one
-- only postgres
alter table search_doc set (toast_tuple_target = 8160);
-- only postgres
create index search_doc_words on search_doc using gin (words) with (gin_pending_list_limit = 128);

-- The number of the next document: `old` for what there was before this, `new` for all else, behind it.
create table search_number (
    name text primary key,
    next bigint not null
);
insert into search_number (name, next) values ('old', 1);
insert into search_number (name, next) select 'new', count(*) + 1 from conversation;

-- Every word of a property's documents, so that the beginning of one is searched for as the words there are.
create table search_word (
    property text not null references property (id),
    word text not null,
    primary key (property, word)
);

-- Conversations whose documents are to be written, and not before when.
create table search_due (
    property text not null,
    conversation text not null,
    due_at bigint not null,
    primary key (property, conversation),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);
create index search_due_at on search_due (due_at, property, conversation);
-- what there is already: long before anything that happens now, the oldest first
insert into search_due (property, conversation, due_at) select property, id, last_at - 10000000000000000 from conversation;
-- the reader of the log begins where that ends
insert into reader_cursor (reader, property, seq) select 'search', property, seq from log_head;

-- The text inside files of messages, as far as it can be read.
create table search_file (
    property text not null,
    attachment text not null,
    -- 1 as long as it waits to be read, then 0
    waiting bigint not null,
    words text not null,
    primary key (property, attachment),
    foreign key (property, attachment) references attachment (property, id) on delete cascade
);
create index search_file_waiting on search_file (property, attachment) where waiting = 1;

-- Views of what has files.
create index conversation_files on conversation (property, folder, last_at, id) where attachments > 0;
