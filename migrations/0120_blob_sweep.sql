-- Contents that no row names any more are swept away (desk/src/blob).

-- When they were last made ready, or named anew; 0 once they are about to go. What there is already may go at once.
alter table blob add column kept_at bigint not null default 1;

-- Who names contents: asked of each before it goes, and by the references when it does.
create index attachment_contents on attachment (sha256);
create index letter_in_raw on letter_in (raw);
create index letter_in_conversation on letter_in (property, conversation);
create index contact_import_contents on contact_import (sha256);
-- Contents that a letter of ours carries; what they are called in it stands in its JSON.
create table letter_out_file (
    letter text not null references letter_out (id) on delete cascade,
    sha256 text not null references blob (sha256),
    primary key (letter, sha256)
);
create index letter_out_file_contents on letter_out_file (sha256);
-- only sqlite
insert into letter_out_file (letter, sha256) select distinct l.id, json_extract(f.value, '$.sha256') from letter_out l, json_each(l.letter, '$.attachments') f
    where json_extract(f.value, '$.sha256') in (select sha256 from blob);
-- only postgres
insert into letter_out_file (letter, sha256) select distinct l.id, f.value ->> 'sha256' from letter_out l cross join json_array_elements(cast(l.letter as json) -> 'attachments') f (value)
    where f.value ->> 'sha256' in (select sha256 from blob);
