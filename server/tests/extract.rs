//! The text inside files, read by the binary itself as the server starts it: PDF and Word, and files that are hostile.

use std::io::Write as _;

use desk::search::{FileKind, ReadsFiles as _};
use server::extract::Extractor;

fn extractor() -> Extractor {
    Extractor::of(env!("CARGO_BIN_EXE_recado").into())
}

async fn read(kind: FileKind, bytes: &[u8]) -> String {
    extractor().read(kind, bytes.to_vec()).await.unwrap_or_default()
}

/// Objects as a file, with the table of where they stand.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = vec![];
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        writeln!(file, "{} 0 obj", at + 1).unwrap();
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).unwrap();
    file
}

fn page(content: &[u8], filter: &str) -> Vec<Vec<u8>> {
    let mut stream = format!("<< /Length {}{filter} >>\nstream\n", content.len()).into_bytes();
    stream.extend(content);
    stream.extend(b"\nendstream");
    vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ]
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// So many megabytes of blanks, packed without the work of packing them: the same block again and again.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::fast());
    let ends = [(); 2].map(|()| {
        packer.write_all(&vec![b' '; 1 << 20]).unwrap();
        packer.flush().unwrap();
        packer.get_ref().len()
    });
    let bytes = packer.finish().unwrap();
    // the second block looks back into the first alone, as each of its copies into the one before
    let block = &bytes[ends[0]..ends[1]];
    [&bytes[..ends[0]], &block.repeat(megabytes - 1), &bytes[ends[1]..]].concat()
}

fn docx(xml: &[u8]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    file.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    file.write_all(xml).unwrap();
    file.finish().unwrap().into_inner()
}

const LINE: &[u8] = b"BT /F1 24 Tf 72 700 Td (Forty teapots) Tj ET";

#[tokio::test]
async fn documents_are_read() {
    assert!(read(FileKind::Pdf, &pdf(&page(LINE, ""))).await.contains("Forty teapots"));
    assert!(read(FileKind::Pdf, &pdf(&page(&packed(LINE), " /Filter /FlateDecode"))).await.contains("Forty teapots"));
    let xml = r#"<?xml version="1.0"?><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>Fish</w:t><w:t xml:space="preserve"> &amp; chips</w:t><w:tab/><w:t>&#233;</w:t></w:r></w:p><w:p><w:instrText>hidden</w:instrText><w:r><w:t>Tea</w:t></w:r></w:p></w:body></w:document>"#;
    assert_eq!(read(FileKind::Docx, &docx(xml.as_bytes())).await, "Fish & chips é\nTea\n");
}

#[tokio::test]
async fn hostile_files_harm_nothing() {
    let begun = std::time::Instant::now();
    let packed_bomb = bomb(2_000);
    let deep = format!("<< /Type /Catalog /Pages 2 0 R /X {}{} >>", "[".repeat(100_000), "]".repeat(100_000)).into_bytes();
    let mut nested = page(LINE, "");
    nested[0] = deep;
    let mut round = page(LINE, "");
    round[1] = b"<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>".to_vec();
    let files = [
        ("nothing", FileKind::Pdf, vec![]),
        ("garbage", FileKind::Pdf, b"%PDF-1.7\n\xff\xfe\x00garbage".repeat(1_000)),
        ("a bomb", FileKind::Pdf, pdf(&page(&packed_bomb, " /Filter /FlateDecode"))),
        ("a bomb in a bomb", FileKind::Pdf, pdf(&page(&packed(&packed_bomb), " /Filter [/FlateDecode /FlateDecode]"))),
        ("deep", FileKind::Pdf, pdf(&nested)),
        ("round", FileKind::Pdf, pdf(&round)),
        ("cut off", FileKind::Pdf, pdf(&page(LINE, ""))[..300].to_vec()),
        ("no zip", FileKind::Docx, b"PK\x03\x04 nothing".to_vec()),
        ("a bomb", FileKind::Docx, docx(&vec![b' '; 16 << 20])),
        ("deep", FileKind::Docx, docx("<a>".repeat(1_000_000).as_bytes())),
        ("entities", FileKind::Docx, docx(b"<!DOCTYPE a [<!ENTITY b \"cccc\"><!ENTITY d \"&b;&b;\">]><w:t>&d;</w:t>")),
        ("no end", FileKind::Docx, docx(b"<w:t>words")),
    ];
    for (name, kind, bytes) in files {
        let text = read(kind, &bytes).await;
        assert!(text.len() <= 100_000, "{name}: {} bytes", text.len());
    }
    assert!(read(FileKind::Pdf, &pdf(&page(LINE, ""))).await.contains("teapots"), "the next one is read");
    assert!(begun.elapsed().as_secs() < 200);
}
