/**
 * `builtin:sysbuild-unpack-deb`: the files of a Debian package. Attribute: `src`, the package. The output is the
 * tree that the package would put into `/`; the scripts and lists that dpkg would use are left out.
 */
import * as fs from 'node:fs';
import { type ArMember, damaged, readAr } from '../archive/ar.ts';
import { compressionOf, decompressed } from '../archive/decompress.ts';
import { untar } from '../archive/untar.ts';
import { BuildError } from '../errors.ts';
import { type BuiltinJob, inputAttribute } from './job.ts';

export async function unpackDeb(job: BuiltinJob): Promise<void> {
  const source = inputAttribute(job, 'src');
  const file = job.realPath(source);
  try {
    const data = dataMember(file);
    const compression = compressionOf(data.name);
    if (compression === undefined) {
      throw new BuildError('build/unpack-failed', `its member '${data.name}' is compressed in a way that is not known`);
    }
    const end = data.offset + data.size - 1;
    const input = fs.createReadStream(file, { start: data.offset, end });
    await untar(decompressed(input, compression), job.outputPlace('out'));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError('build/unpack-failed', `cannot unpack '${source}': ${error.message}`, {
      hint: error.hint,
      details: { ...error.details, drvPath: job.drvPath, source },
      cause: error,
    });
  }
}

/** The member that holds the files: `data.tar`, compressed or not. */
function dataMember(file: string): ArMember {
  const fd = fs.openSync(file, 'r');
  try {
    const members = readAr(fs.fstatSync(fd).size, (offset, length) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, fs.readSync(fd, buffer, 0, length, offset));
    });
    if (members[0]?.name !== 'debian-binary') throw damaged("it has no member 'debian-binary', as packages have");
    const data = members.find((member) => /^data\.tar(\.|$)/.test(member.name));
    if (data === undefined || data.size === 0) throw damaged("it has no member 'data.tar', as packages have");
    return data;
  } finally {
    fs.closeSync(fd);
  }
}
