"""A PDF of one page with lines of text, by hand: enough for an invoice that nobody owes."""

LINE = 20
TOP, LEFT = 780, 60


def pdf(lines: list[str]) -> bytes:
    """Return an A4 page with `lines`, in what Latin-1 has of their characters."""
    text = "BT /F1 12 Tf"
    for number, line in enumerate(lines):
        escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        text += f" 1 0 0 1 {LEFT} {TOP - LINE * number} Tm ({escaped}) Tj"
    # Helvetica in Windows' Latin-1, which has the euro sign.
    stream = (text + " ET").encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
    return out + end % (size, table, size) + b"startxref\n%d\n%%%%EOF\n" % len(out)
