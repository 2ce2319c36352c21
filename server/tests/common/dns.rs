//! A DNS server of a test: answers TXT questions from a table, and NXDOMAIN to all others.

use std::{collections::HashMap, net::SocketAddr};

use tokio::net::UdpSocket;

/// Started; gives where it answers.
pub async fn dns<'a>(records: impl IntoIterator<Item = (&'a str, &'a str)>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    let records: HashMap<String, String> = records.into_iter().map(|(name, text)| (name.to_lowercase(), text.to_owned())).collect();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            if let Some(answer) = answer(&buffer[..length], &records) {
                let _ = socket.send_to(&answer, peer).await;
            }
        }
    });
    address
}

fn answer(question: &[u8], records: &HashMap<String, String>) -> Option<Vec<u8>> {
    let (mut at, mut labels) = (12, vec![]);
    while *question.get(at)? != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(question.get(at + 1..=at + length)?).to_lowercase());
        at += length + 1;
    }
    let end = at + 5;
    let is_txt = question.get(at + 1..at + 3)? == [0, 16];
    let text = records.get(labels.join(".").as_str()).filter(|_| is_txt);
    let mut bytes = question[..2].to_vec();
    bytes.extend_from_slice(if text.is_some() { &[0x81, 0x80] } else { &[0x81, 0x83] });
    bytes.extend_from_slice(&[0, 1, 0, u8::from(text.is_some()), 0, 0, 0, 0]);
    bytes.extend_from_slice(question.get(12..end)?);
    if let Some(text) = text {
        // a key is longer than one string may be
        let mut strings = vec![];
        for piece in text.as_bytes().chunks(255) {
            strings.push(u8::try_from(piece.len()).expect("at most 255"));
            strings.extend_from_slice(piece);
        }
        bytes.extend_from_slice(&[0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 60]);
        bytes.extend_from_slice(&u16::try_from(strings.len()).expect("a short record").to_be_bytes());
        bytes.extend_from_slice(&strings);
    }
    Some(bytes)
}
