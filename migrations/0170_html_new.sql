-- Where the HTML of a mail says what is new in it, as JSON: the first of its letters that is new, and how many are. A copy to others shows that
-- piece; none where it cannot be told, and of mails from before: their copies are text.
alter table message add column html_new text;
