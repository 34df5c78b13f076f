/* Compressed sections: SHF_COMPRESSED (gABI, "Section Compression") and GNU's older .zdebug_ ones. */
#include "object/elf_internal.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

static const uint64_t max_size = UINT64_C(4) << 30;
/* The most that a byte of input can become: deflate's longest match in its shortest code; a zstd block of
 * 128 KiB that is one repeated byte takes four. */
static const uint64_t zlib_ratio = 1032, zstd_ratio = 32768;

bool elf_is_compressed(const struct elf_section *section)
{
	return (section->flags & SHF_COMPRESSED) || str_starts(section->name, STR_LIT(".zdebug_"));
}

static struct error *bad(const struct elf_file *elf, const struct elf_section *section,
			 enum error_code code, const char *what)
{
	return error_at(code, section->offset, "%s: compressed section %.*s: %s", elf->name,
			STR_ARG(section->name), what);
}

static const char *inflate_all(struct elf_span from, uint8_t *to, uint64_t size)
{
	z_stream z = { .next_in = (Bytef *)from.data };
	if (inflateInit(&z) != Z_OK)
		return "zlib has no memory";
	uint64_t in_left = from.size, out_left = size;
	int status = Z_OK;
	z.next_out = to;
	while (status == Z_OK) {
		/* zlib counts in unsigned int. */
		uInt in = in_left > UINT_MAX ? UINT_MAX : (uInt)in_left;
		uInt out = out_left > UINT_MAX ? UINT_MAX : (uInt)out_left;
		z.avail_in = in;
		z.avail_out = out;
		status = inflate(&z, Z_NO_FLUSH);
		in_left -= in - z.avail_in;
		out_left -= out - z.avail_out;
		if (out_left == 0 && status == Z_OK)
			break; /* full; what follows is a checksum at most */
	}
	inflateEnd(&z);
	return out_left == 0 && (status == Z_OK || status == Z_STREAM_END) ? NULL : "damaged zlib data";
}

static const char *unzstd_all(struct elf_span from, uint8_t *to, uint64_t size)
{
	size_t got = ZSTD_decompress(to, (size_t)size, from.data, from.size);
	return !ZSTD_isError(got) && got == size ? NULL : "damaged zstd data";
}

struct error *elf_decompress(const struct elf_file *elf, const struct elf_section *section,
			     struct elf_span raw, struct elf_span *ret)
{
	struct reader r = reader_init(raw.data, raw.size);
	uint32_t type = ELFCOMPRESS_ZLIB;
	uint64_t size;
	if (section->flags & SHF_COMPRESSED) {
		type = reader_u32(&r);
		reader_skip(&r, 4);
		size = reader_u64(&r);
		reader_skip(&r, 8);
	} else {
		const uint8_t *magic = reader_bytes(&r, 4);
		if (!magic || memcmp(magic, "ZLIB", 4) != 0)
			return bad(elf, section, ERROR_FORMAT, "no ZLIB at its start");
		size = __builtin_bswap64(reader_u64(&r));
	}
	if (r.failed)
		return bad(elf, section, ERROR_TRUNCATED, "its header is cut off");
	struct elf_span from = { raw.data + r.pos, raw.size - r.pos };

	uint64_t ratio;
	if (type == ELFCOMPRESS_ZLIB)
		ratio = zlib_ratio;
	else if (type == 2 /* ELFCOMPRESS_ZSTD, newer than some <elf.h> */)
		ratio = zstd_ratio;
	else
		return bad(elf, section, ERROR_UNSUPPORTED, "neither zlib nor zstd");
	if (size > max_size)
		return bad(elf, section, ERROR_LIMIT, "more than 4 GiB uncompressed");
	if (size > from.size * ratio)
		return bad(elf, section, ERROR_FORMAT, "claims more bytes than it can hold");

	uint8_t *to = malloc(size ? size : 1);
	if (!to)
		return bad(elf, section, ERROR_LIMIT, "no memory to decompress it");
	const char *wrong = NULL;
	if (size > 0)
		wrong = type == ELFCOMPRESS_ZLIB ? inflate_all(from, to, size)
						 : unzstd_all(from, to, size);
	if (wrong) {
		free(to);
		return bad(elf, section, ERROR_FORMAT, wrong);
	}
	*ret = (struct elf_span){ to, (size_t)size };
	return NULL;
}
