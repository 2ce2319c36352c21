//! Pictures of agents. What somebody brings is read, cut to the square in its middle, made small and written anew, so that nothing is
//! passed on of the file itself: not where it was taken, nor by what. It stands among the contents, by whose name whoever is told it may
//! see it: colleagues, and visitors who are in a chat with the agent.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, Rgb, RgbImage,
    codecs::jpeg::JpegEncoder,
    imageops::{crop_imm, thumbnail},
    metadata::Orientation,
};
use model::{
    Refusal, Why,
    agent::{PICTURE_MOST, PICTURE_PIXELS_MOST},
};
use sqlx::Row as _;
use tokio::sync::Semaphore;

use crate::{
    Agent, Desk, Fault, Result,
    blob::{self, Blob},
};

/// Pixels of a side, at most: four times what a screen of the finest kind shows of the largest circle.
const SIDE: u32 = 256;
/// Of 100: the square of a face takes some 12 KB.
const QUALITY: u8 = 85;
/// Most bytes of the pixels as they are read: two for each of four colours.
const READ_MOST: u64 = PICTURE_PIXELS_MOST as u64 * 1_000_000 * 8;
/// Most passes over a JPEG. Usual ones have ten; each may cost a walk over all pixels, and a few bytes of the file.
const PASSES_MOST: usize = 64;
/// One at a time: each may hold all its pixels.
static PLACE: Semaphore = Semaphore::const_new(1);

impl Agent {
    /// Has a picture from now on, in every property.
    pub async fn change_picture(&self, bytes: Vec<u8>) -> Result<()> {
        let _place = PLACE.acquire().await.map_err(|_| Fault::Closed)?;
        // a reader that breaks over it could not read it
        let small = tokio::task::spawn_blocking(move || shape(&bytes)).await.map_err(|_| Refusal::invalid("file", Why::NotAPicture))??;
        let blob = self.desk.prepare(small).await?;
        self.put_picture(Some(blob)).await
    }

    /// Has none any more: nobody gets the old one.
    pub async fn remove_picture(&self) -> Result<()> {
        self.put_picture(None).await
    }

    async fn put_picture(&self, blob: Option<Blob>) -> Result<()> {
        self.change_self(move |tx, agent| {
            Box::pin(async move {
                if let Some(blob) = &blob {
                    blob::keep(tx, blob).await?;
                }
                sqlx::query("update agent set picture = $2 where id = $1")
                    .bind(agent.id.as_str())
                    .bind(blob.map(|blob| blob.sha256))
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }
}

impl Desk {
    /// The picture of this name, a JPEG, as long as some agent has it. Its name is the permission.
    pub async fn open_picture(&self, name: &str) -> Result<Vec<u8>> {
        let named = sqlx::query("select picture from agent where picture = $1 limit 1").bind(name).fetch_optional(self.db().read()).await?;
        self.blobs().read(self.db().read(), named.ok_or(Refusal::NotFound)?.try_get(0)?).await
    }
}

/// A small square JPEG of what somebody brought. How large it will be is known before it is read.
fn shape(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let refused = |why| Refusal::invalid("file", why);
    if bytes.is_empty() {
        return Err(refused(Why::Required));
    }
    if bytes.len() > PICTURE_MOST as usize * 1024 * 1024 {
        return Err(refused(Why::PictureTooLarge));
    }
    let unread = |error: ImageError| match error {
        ImageError::Limits(_) => refused(Why::PictureTooLarge),
        _ => refused(Why::NotAPicture),
    };
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| refused(Why::NotAPicture))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(READ_MOST);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unread)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > u64::from(PICTURE_PIXELS_MOST) * 1_000_000 || passes(bytes) > PASSES_MOST {
        return Err(refused(Why::PictureTooLarge));
    }
    // telephones write how they were held instead of turning the pixels
    let held = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(unread)?;
    let side = width.min(height);
    let middle = crop_imm(&picture, (width - side) / 2, (height - side) / 2, side, side);
    let mut small = DynamicImage::from(thumbnail(&*middle, side.min(SIDE), side.min(SIDE)));
    small.apply_orientation(held);
    let mut written = vec![];
    JpegEncoder::new_with_quality(&mut written, QUALITY).encode_image(&on_white(&small)).map_err(unread)?;
    Ok(written)
}

/// What shows through shows white: a JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        let over = |colour: u16| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([over(red), over(green), over(blue)])
    })
}

/// How often a JPEG goes over its pixels; what is none has no such marks, or they mean nothing.
fn passes(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xff\xd8") { bytes.windows(2).filter(|pair| pair == b"\xff\xda").count() } else { 0 }
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    /// Red on the left, blue on the right, see-through below.
    fn flag(width: u32, height: u32) -> DynamicImage {
        let pixel = |x: u32, y: u32| match (x < width / 2, y < height / 2) {
            (_, false) => Rgba([0, 0, 0, 0]),
            (true, _) => Rgba([255, 0, 0, 255]),
            (false, _) => Rgba([0, 0, 255, 255]),
        };
        RgbaImage::from_fn(width, height, pixel).into()
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        picture.write_to(&mut bytes, format).expect("written");
        bytes.into_inner()
    }

    fn shaped(bytes: &[u8]) -> RgbImage {
        let jpeg = shape(bytes).expect("a picture");
        assert_eq!(image::guess_format(&jpeg).expect("a format"), ImageFormat::Jpeg);
        image::load_from_memory(&jpeg).expect("a JPEG").to_rgb8()
    }

    fn why(bytes: &[u8]) -> Why {
        match shape(bytes) {
            Err(Refusal::Invalid { field, why }) if field == "file" => why,
            other => panic!("{:?}", other.map(|bytes| bytes.len())),
        }
    }

    /// The nearest of the pure colours.
    fn colour(picture: &RgbImage, x: u32, y: u32) -> [bool; 3] {
        picture.get_pixel(x, y).0.map(|part| part > 127)
    }

    const RED: [bool; 3] = [true, false, false];
    const BLUE: [bool; 3] = [false, false, true];
    const WHITE: [bool; 3] = [true, true, true];

    #[test]
    fn the_middle_of_every_kind_becomes_a_small_square() {
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let small = shaped(&file(&flag(900, 300), format));
            assert_eq!(small.dimensions(), (SIDE, SIDE), "{format:?}");
            assert_eq!([colour(&small, 5, 5), colour(&small, 250, 5), colour(&small, 128, 250)], [RED, BLUE, WHITE], "{format:?}");
        }
        let jpeg = file(&flag(300, 900).to_rgb8().into(), ImageFormat::Jpeg);
        assert_eq!(shaped(&jpeg).dimensions(), (SIDE, SIDE));
        // what is smaller is not blown up
        assert_eq!(shaped(&file(&flag(40, 30), ImageFormat::Png)).dimensions(), (30, 30));
        assert_eq!(shaped(&file(&flag(1, 1), ImageFormat::Png)).dimensions(), (1, 1));
        let deep = DynamicImage::from(flag(300, 300).to_rgba16());
        assert_eq!(colour(&shaped(&file(&deep, ImageFormat::Png)), 5, 5), RED);
    }

    /// Exif (CIPA DC-008, 4.6) that says how the telephone was held, and where.
    fn exif(held: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([held, 0, 0, 0x01, 0x0f, 0, 2, 0, 0, 0, 9, 0, 0, 0, 38, 0, 0, 0, 0]);
        exif.extend(b"CANARY-9\0");
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        [&[0xff, 0xe1][..], &length, &exif].concat()
    }

    #[test]
    fn a_picture_stands_upright_and_says_nothing_of_where_it_was_taken() {
        let plain = file(&flag(400, 400).to_rgb8().into(), ImageFormat::Jpeg);
        // 6: the telephone was turned, so that the left is above
        let turned = [&plain[..2], &exif(6), &plain[2..]].concat();
        assert!(turned.windows(6).any(|part| part == b"CANARY"));
        let small = shaped(&turned);
        assert_eq!([colour(&small, 250, 5), colour(&small, 250, 250)], [RED, BLUE]);
        assert!(!shape(&turned).expect("a picture").windows(6).any(|part| part == b"CANARY"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(why(b""), Why::Required);
        let png = file(&flag(100, 100), ImageFormat::Png);
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for bytes in [
            &b"hello"[..],
            svg,
            b"BM\x1e\0\0\0",
            &png[..40],
            &png[..png.len() / 2],
            b"GIF89a",
            b"\xff\xd8\xff\xe0",
            b"RIFF\0\0\0\0WEBPVP8 ",
        ] {
            assert_eq!(why(bytes), Why::NotAPicture, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(20)]));
        }
    }

    /// A PNG (RFC 2083) that says it is this large, and holds next to nothing.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = file(&flag(1, 1), ImageFormat::Png);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc(&bytes[12..29]).to_be_bytes();
        bytes[29..33].copy_from_slice(&sum);
        bytes
    }

    /// The sum of a PNG's chunk.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
        })
    }

    #[test]
    fn a_small_file_of_a_huge_picture_is_refused_before_it_is_read() {
        for (width, height) in [(5_001, 5_000), (100_000, 100_000), (1, 25_000_001), (u32::MAX >> 1, u32::MAX >> 1)] {
            assert_eq!(why(&bomb(width, height)), Why::PictureTooLarge, "{width} × {height}");
        }
        assert_eq!(why(&bomb(5_000, 5_000)), Why::NotAPicture, "as large as may be, and nothing in it");
        // GIF says its size before its first picture
        assert_eq!(why(b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\0\0;"), Why::PictureTooLarge);
        assert_eq!(why(&vec![0; PICTURE_MOST as usize * 1024 * 1024 + 1]), Why::PictureTooLarge);
        // a JPEG whose few bytes would be gone over a hundred times
        let mut jpeg = file(&flag(64, 64).to_rgb8().into(), ImageFormat::Jpeg);
        jpeg.truncate(jpeg.len() - 2);
        for _ in 0..100 {
            jpeg.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\0");
        }
        assert_eq!(why(&jpeg), Why::PictureTooLarge);
    }
}
