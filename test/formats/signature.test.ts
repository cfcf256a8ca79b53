import { expect, test } from 'vitest';
import {
  formatSignature,
  PublicKey,
  parseSignature,
  publicKeys,
  SecretKey,
  verifySignature,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

/** The first test vector of RFC 8032, section 7.1. */
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicBytes = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
const emptySigned = Buffer.from(
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  'hex',
);

test('keys and signatures are those of the standard', () => {
  const key = new SecretKey('k', seed);
  expect(Buffer.from(key.publicKey.bytes)).toEqual(publicBytes);
  expect(Buffer.from(key.sign('').bytes)).toEqual(emptySigned);
  expect(formatSignature(key.sign(''))).toBe(`k:${emptySigned.toString('base64')}`);
  expect(key.format()).toBe(`k:${Buffer.concat([seed, publicBytes]).toString('base64')}`);
});

test('only the key of the same name is asked, and the first of two', () => {
  const [one, two] = [new SecretKey('one', seed), new SecretKey('two', seed.toReversed())];
  const keys = publicKeys([
    one.publicKey.format(),
    two.publicKey.format(),
    new PublicKey('one', two.publicKey.bytes).format(),
  ]);
  expect(verifySignature('text', one.sign('text'), keys)).toBe(true);
  expect(verifySignature('text', { ...one.sign('text'), keyName: 'two' }, keys)).toBe(false);
  expect(verifySignature('text', { ...one.sign('text'), keyName: 'three' }, keys)).toBe(false);
  expect(verifySignature('other', one.sign('text'), keys)).toBe(false);
});

test('texts that are no keys are refused, without showing them', () => {
  const key = new SecretKey('k', seed).format();
  const other = `k:${Buffer.concat([seed, seed]).toString('base64')}`;
  for (const text of ['', 'k', 'k:', ':AAAA', key.slice(0, -4), key.slice(2), other, key.replace('n', '!')]) {
    const error = expectFormatError('formats/key', () => SecretKey.parse(text));
    expect(JSON.stringify(error.details) + error.message).not.toContain('nWGxne');
  }
  expectFormatError('formats/key', () => PublicKey.parse(key));
  expectFormatError('formats/signature', () => parseSignature('k:AAAA'));
  expectFormatError('formats/signature', () => parseSignature('k'));
});

test('white space around the text of a key is not part of it', () => {
  expect(SecretKey.parse(`${new SecretKey('k', seed).format()}\n`).publicKey.format()).toBe(
    PublicKey.parse(` k:${publicBytes.toString('base64')}\n`).format(),
  );
});
