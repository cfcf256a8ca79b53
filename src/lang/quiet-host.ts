/** A host that says nothing: for evaluating again what has said its say already. */
import type { Host } from './host.ts';

/** Everything of `host`, but for what it would tell the user. */
export function quietHost(host: Host): Host {
  return {
    settings: host.settings,
    readFile: (path) => host.readFile(path),
    kindOf: (path) => host.kindOf(path),
    readDir: (path) => host.readDir(path),
    readLink: (path) => host.readLink(path),
    realPath: (path) => host.realPath(path),
    getEnv: (name) => host.getEnv(name),
    currentTime: () => host.currentTime(),
    addText: (name, content, references) => host.addText(name, content, references),
    addSource: (request) => host.addSource(request),
    addDerivation: (derivation) => host.addDerivation(derivation),
    readDerivation: (path) => host.readDerivation(path),
    references: (path) => host.references(path),
    ensurePath: (path) => host.ensurePath(path),
    realise: (drvPath, outputs) => host.realise(drvPath, outputs),
    fetch: (request) => host.fetch(request),
    hashFile: (algorithm, path) => host.hashFile(algorithm, path),
    storePathOf: (path) => host.storePathOf(path),
    emit: () => {},
  };
}
