-- The words of notes about contacts, folded by the desk, so that search finds them.
create table contact_note_word (
    property text not null,
    word text not null,
    note text not null,
    primary key (property, word, note),
    foreign key (property, note) references contact_note (property, id) on delete cascade
);
create index contact_note_word_note on contact_note_word (property, note);
-- by which rules they were written down; the clock looks at notes with a smaller number
alter table contact_note add column index_version bigint not null default 0;
create index contact_note_version on contact_note (index_version);
