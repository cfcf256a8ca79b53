/**
 * The `ar` archive that a Debian package is: a list of members, each with a header of 60 bytes.
 *
 *     archive := "!<arch>\n" member*
 *     member  := name[16] mtime[12] uid[6] gid[6] mode[8] size[10] "`\n" <size bytes> ["\n" to an even length]
 *
 * Fields are ASCII, padded with blanks; numbers are decimal. A name may end with a slash. Long names, which packages
 * do not have, are refused. Source: deb(5).
 */
import { BuildError } from '../errors.ts';

export interface ArMember {
  readonly name: string;
  /** Of its content, in bytes from the start of the archive. */
  readonly offset: number;
  readonly size: number;
}

const magic = '!<arch>\n';
const headerSize = 60;
/** Members that any archive worth reading may have. */
const mostMembers = 100;

/**
 * The members of an archive, in their order.
 * @param size of the archive, in bytes
 * @param read gives that many bytes at an offset; fewer at the end
 * @throws BuildError `build/unpack-failed`
 */
export function readAr(size: number, read: (offset: number, length: number) => Uint8Array): ArMember[] {
  const text = (offset: number, length: number): string => Buffer.from(read(offset, length)).toString('latin1');
  if (text(0, magic.length) !== magic) throw damaged('it does not begin as an ar archive does');
  const members: ArMember[] = [];
  for (let at = magic.length; at < size; ) {
    const member = parseHeader(text(at, headerSize), at + headerSize);
    if (member.offset + member.size > size) throw damaged(`its member '${member.name}' is cut off`);
    members.push(member);
    if (members.length > mostMembers) throw damaged(`it has more than ${mostMembers} members`);
    at = member.offset + member.size + (member.size % 2);
  }
  return members;
}

function parseHeader(header: string, offset: number): ArMember {
  if (header.length < headerSize || !header.endsWith('`\n')) throw damaged('a member has no proper header');
  const name = header.slice(0, 16).trimEnd().replace(/\/$/, '');
  const size = header.slice(48, 58).trimEnd();
  if (!/^\d{1,10}$/.test(size)) throw damaged(`its member '${name}' has no proper size`);
  if (name === '' || /^[/#]/.test(name)) throw damaged('a member has no proper name');
  return { name, offset, size: Number(size) };
}

export function damaged(what: string): BuildError {
  return new BuildError('build/unpack-failed', `the archive is damaged: ${what}`);
}
