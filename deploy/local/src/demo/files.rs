//! Small files to upload, made here so that none has to be kept.

use std::fmt::Write as _;

/// A page of A4 with lines of text, as a PDF. The text is ASCII.
#[must_use]
pub fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 12 Tf 16 TL 72 770 Td\n");
    for line in lines {
        let escaped = line
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        writeln!(text, "({escaped}) Tj T*").expect("a string takes all that is written");
    }
    text.push_str("ET\n");

    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}endstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    // The comment tells programs that copy files that this one is not text.
    let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::with_capacity(objects.len());
    for (object, number) in objects.iter().zip(1..) {
        offsets.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        writeln!(end, "{offset:010} 00000 n ").expect("a string takes all that is written");
    }
    write!(
        end,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    )
    .expect("a string takes all that is written");
    file.extend(end.into_bytes());
    file
}

/// A table as CSV. No field holds a comma or a quotation mark.
#[must_use]
pub fn csv(rows: &[[&str; 3]]) -> Vec<u8> {
    let lines: String = rows.iter().map(|row| row.join(",") + "\r\n").collect();
    lines.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(haystack: &[u8], needle: &str) -> usize {
        haystack
            .windows(needle.len())
            .position(|window| window == needle.as_bytes())
            .unwrap()
    }

    #[test]
    fn a_pdfs_table_says_where_its_objects_are() {
        let file = pdf(&["Dear landlord", "a (bracketed) \\ line"]);

        let table = position(&file, "xref\n");
        let entries = String::from_utf8(file[table..].to_vec()).unwrap();
        for (number, entry) in (1..).zip(entries.lines().skip(3).take(5)) {
            let offset: usize = entry[..10].parse().unwrap();
            assert!(
                file[offset..].starts_with(format!("{number} 0 obj").as_bytes()),
                "{entry}"
            );
            assert_eq!(entry.len(), 19, "with its line's end an entry is 20 bytes");
        }
        assert!(entries.contains(&format!("startxref\n{table}\n%%EOF")));
        position(&file, "(a \\(bracketed\\) \\\\ line) Tj");
    }

    #[test]
    fn a_pdfs_stream_is_as_long_as_it_says() {
        let file = pdf(&["one line"]);

        let start = position(&file, "stream\n") + "stream\n".len();
        let length = position(&file, "endstream") - start;
        position(&file, &format!("/Length {length} "));
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        assert_eq!(
            csv(&[["a", "b", "c"], ["1", "2", "3"]]),
            b"a,b,c\r\n1,2,3\r\n"
        );
    }
}
