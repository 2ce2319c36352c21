//! What an archive is, told by its first bytes and the names in a ZIP; and a ZIP laid out as files. Nothing of it leaves its folder, and
//! it cannot grow beyond what is allowed, whatever it says of itself.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use model::history::Form;
use zip::ZipArchive;

/// Most files in a ZIP.
const FILES_MOST: usize = 500_000;

/// What an archive is. None: nothing that is known.
pub fn form_of(path: &Path) -> Option<Form> {
    let mut start = vec![];
    File::open(path).ok()?.take(4_096).read_to_end(&mut start).ok()?;
    if is_zip(&start) {
        let zip = ZipArchive::new(File::open(path).ok()?).ok()?;
        let has = |found: &dyn Fn(&Path) -> bool| zip.file_names().map(Path::new).filter(|name| is_own(name)).any(found);
        return if has(&is_mbox) {
            Some(Form::Mbox)
        } else if has(&in_maildir) {
            Some(Form::Maildir)
        } else if has(&is_json) {
            Some(Form::Tawk)
        } else {
            None
        };
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    if text.starts_with(b"From ") {
        Some(Form::Mbox)
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        Some(Form::Tawk)
    } else {
        None
    }
}

/// The files or folders of an archive, as the command would be given them. Those of a ZIP are laid out in a folder.
pub fn lay_out(path: &Path, form: Form, folder: &Path, most: u64) -> Result<Vec<PathBuf>, String> {
    let mut start = vec![];
    File::open(path).and_then(|file| file.take(4).read_to_end(&mut start)).map_err(|error| error.to_string())?;
    if !is_zip(&start) {
        return Ok(vec![path.to_owned()]);
    }
    let wanted = match form {
        Form::Mbox => is_mbox,
        Form::Maildir => in_maildir,
        Form::Tawk => is_json,
    };
    let files = unpack(path, folder, wanted, most)?;
    Ok(match form {
        Form::Mbox => files,
        Form::Tawk => vec![folder.to_owned()],
        Form::Maildir => {
            let mut folders: Vec<PathBuf> = files.iter().filter_map(|file| Some(file.parent()?.parent()?.to_owned())).collect();
            folders.sort();
            folders.dedup();
            // a folder of new mail alone is one too
            for folder in &folders {
                fs::create_dir_all(folder.join("cur")).map_err(|error| error.to_string())?;
            }
            folders
        }
    })
}

fn unpack(path: &Path, folder: &Path, wanted: fn(&Path) -> bool, most: u64) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: io::Error| error.to_string();
    let mut zip = ZipArchive::new(File::open(path).map_err(cannot)?).map_err(|error| error.to_string())?;
    if zip.len() > FILES_MOST {
        return Err(format!("it has more than {FILES_MOST} files"));
    }
    let (mut files, mut left) = (vec![], most);
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).map_err(|error| error.to_string())?;
        let Some(name) = entry.enclosed_name().filter(|name| is_own(name) && wanted(name)) else { continue };
        if !entry.is_file() {
            continue;
        }
        let to = folder.join(name);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(cannot)?;
        }
        let mut file = File::create(&to).map_err(cannot)?;
        let written = io::copy(&mut entry.by_ref().take(left + 1), &mut file).map_err(cannot)?;
        if written > left {
            return Err(format!("what is in it is larger than {} MB", most >> 20));
        }
        left -= written;
        files.push(to);
    }
    files.sort();
    Ok(files)
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// What a Mac puts beside each file is none.
fn is_own(name: &Path) -> bool {
    !name.starts_with("__MACOSX") && name.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'))
}

fn ends(name: &Path, ending: &str) -> bool {
    name.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending))
}

fn is_mbox(name: &Path) -> bool {
    ends(name, "mbox") || ends(name, "mbx")
}

fn is_json(name: &Path) -> bool {
    ends(name, "json")
}

fn in_maildir(name: &Path) -> bool {
    name.parent().and_then(Path::file_name).is_some_and(|folder| folder == "cur" || folder == "new")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zip(folder: &Path, files: &[(&str, &str)]) -> PathBuf {
        let path = folder.join("x.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    #[test]
    fn an_archive_is_known_by_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for (text, form) in [
            ("From a@b Tue Nov 24 10:00:00 2026\n", Some(Form::Mbox)),
            ("\u{feff} {\"chats\": []}", Some(Form::Tawk)),
            ("[]", Some(Form::Tawk)),
            ("Name,E-mail\n", None),
            ("PK\u{3}\u{4} and no more", None),
            ("", None),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(form_of(&path), form, "{text}");
        }
        for (names, form) in [
            (&[("Takeout/settings.json", ""), ("Takeout/All mail.mbox", "")][..], Some(Form::Mbox)),
            (&[("Maildir/new/1.a", ""), ("Maildir/dovecot.json", "")], Some(Form::Maildir)),
            (&[("a/chats.json", "")], Some(Form::Tawk)),
            (&[("photo.png", ""), ("__MACOSX/a.json", ""), (".hidden.json", "")], None),
        ] {
            assert_eq!(form_of(&zip(folder.path(), names)), form, "{names:?}");
        }
    }

    #[test]
    fn a_zip_stays_in_its_folder_and_within_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let path = zip(
            folder.path(),
            &[("Maildir/cur/1.a:2,S", "one"), ("Maildir/.Sent/new/2.b", "two"), ("../../cur/3.c", "out"), ("x.txt", "no")],
        );
        let mut folders = lay_out(&path, Form::Maildir, &out, 6).unwrap();
        folders.sort();
        assert_eq!(folders, [out.join("Maildir"), out.join("Maildir/.Sent")]);
        assert_eq!(fs::read_to_string(out.join("Maildir/cur/1.a:2,S")).unwrap(), "one");
        assert!(!folder.path().join("cur").exists() && !out.join("x.txt").exists());
        assert_eq!(lay_out(&path, Form::Maildir, &out, 5).unwrap_err(), "what is in it is larger than 0 MB");
        fs::write(&path, "PK\u{3}\u{4}").unwrap();
        assert!(lay_out(&path, Form::Tawk, &out, 5).is_err());
    }
}
