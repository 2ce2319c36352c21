//! Folders of the form Maildir: a mail is a file in `cur` or `new`, its flags are letters at the end of the file's name. What lies in
//! `tmp` is not whole yet; what is in the trash or a draft was not meant.

use std::{fs, io, path::Path, sync::Arc};

use model::Moment;

use super::archive::{Found, HEAD_MOST, Place, Written};

/// Where the mails of a folder are; its folders inside are folders of their own.
pub fn find(folder: &Path) -> io::Result<Found> {
    if !folder.join("cur").is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no Maildir: it has no folder `cur`"));
    }
    let mut found = Found::default();
    for part in ["cur", "new"] {
        let Ok(entries) = fs::read_dir(folder.join(part)) else { continue };
        for entry in entries {
            let entry = entry?;
            let (name, known) = (entry.file_name(), entry.metadata()?);
            let name = name.to_string_lossy();
            if !known.is_file() || name.starts_with('.') {
                continue;
            }
            if flags(&name).contains(['T', 'D']) {
                found.discarded += 1;
                continue;
            }
            let path = entry.path();
            found.places.push(Place {
                date: head(&path).ok().and_then(|head| mail::date(&head)).map(Moment),
                kept: delivered(&name),
                file: Arc::new(path),
                at: 0,
                size: known.len(),
                written: Written::Plain,
            });
        }
    }
    // the order of a folder is no order
    found.places.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(found)
}

/// The letters behind `:2,`; where a colon cannot be in a name, programs write another sign.
fn flags(name: &str) -> &str {
    [":2,", ";2,", "!2,"].iter().find_map(|mark| name.rsplit_once(mark)).map_or("", |(_, flags)| flags)
}

/// The seconds that the name begins with.
fn delivered(name: &str) -> Option<Moment> {
    let seconds: i64 = name.split('.').next()?.parse().ok()?;
    seconds.checked_mul(1_000_000).map(Moment)
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut bytes = vec![];
    fs::File::open(path)?.take(HEAD_MOST as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_a_file_that_is_whole_and_wanted() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        for (name, text) in [
            ("cur/1795514400.M1.host:2,S", "Date: Mon, 23 Nov 2026 12:00:00 +0000\nSubject: a\n\nx"),
            ("cur/1795514401.M2.host:2,ST", "Subject: trash\n\nx"),
            ("cur/1795514402.M3.host;2,D", "Subject: draft\n\nx"),
            ("new/1795514403.M4.host", "Subject: b\r\n\r\nx"),
            ("tmp/1795514404.M5.host", "Subject: half"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let found = find(folder.path()).unwrap();
        assert_eq!((found.places.len(), found.discarded), (2, 2));
        assert_eq!(found.places[0].date, Some(Moment(1_795_435_200_000_000)));
        assert_eq!((found.places[1].date, found.places[1].kept), (None, Some(Moment(1_795_514_403_000_000))));
        assert_eq!(found.places[1].read().unwrap(), b"Subject: b\r\n\r\nx");
        assert!(find(&folder.path().join("cur")).is_err());
    }
}
