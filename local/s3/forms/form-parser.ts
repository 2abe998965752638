import { AwsError } from '../../aws/aws-error.ts';

/** Takes what a form holds, in its order. */
export interface FormReceiver {
  field(name: string, value: string): void;
  /** The field `file` begins; every field has been seen. */
  startFile(filename: string): void;
  fileData(bytes: Buffer): Promise<void> | undefined;
}

const maxFieldsBytes = 20 * 1024;
const maxHeaderBytes = 4 * 1024;
const lineBreak = Buffer.from('\r\n');

/** Reads `multipart/form-data` as it arrives. The field `file` must be the last and the only one of its kind. */
export class FormParser {
  readonly #receiver: FormReceiver;
  readonly #delimiter: Buffer;
  /** A line break before the first boundary makes it look like the others. */
  #buffer: Buffer = lineBreak;
  #state: 'preamble' | 'boundary' | 'headers' | 'field' | 'file' | 'done' = 'preamble';
  #name = '';
  #fieldsBytes = 0;
  #fileSeen = false;

  constructor(contentType: string, receiver: FormReceiver) {
    const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
    const text = boundary?.[1] ?? boundary?.[2];
    if (text === undefined) throw malformedForm('Its Content-Type names no boundary.');
    this.#receiver = receiver;
    this.#delimiter = Buffer.from(`\r\n--${text}`);
  }

  /** Takes received bytes. */
  feed(bytes: Buffer): Promise<void> | undefined {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
    const pending: Promise<void>[] = [];
    while (this.#step(pending)) if (this.#state === 'done') break;
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  /** To be called at the end of the body. */
  end(): void {
    if (this.#state !== 'done')
      throw new AwsError('IncompleteBody', 400, 'The body of your POST request ended before its last boundary.');
    if (!this.#fileSeen) throw wrongNumberOfFiles();
  }

  /** One step; false where more bytes are needed. */
  #step(pending: Promise<void>[]): boolean {
    if (this.#state === 'boundary') return this.#readBoundaryEnd();
    if (this.#state === 'headers') return this.#readHeaders();
    return this.#readUntilBoundary(pending);
  }

  #readUntilBoundary(pending: Promise<void>[]): boolean {
    const at = this.#buffer.indexOf(this.#delimiter);
    const isFile = this.#state === 'file';
    if (at === -1) {
      const safe = this.#buffer.length - this.#delimiter.length + 1;
      if (isFile && safe > 0) this.#emit(this.#take(safe), pending);
      if (!isFile) this.#requireSmall(this.#buffer.length);
      return false;
    }
    const content = this.#take(at);
    this.#take(this.#delimiter.length);
    if (isFile) this.#emit(content, pending);
    else if (this.#state === 'field') this.#endField(content);
    else if (content.length > 0) throw malformedForm('It does not begin with its boundary.');
    this.#state = 'boundary';
    return true;
  }

  #readBoundaryEnd(): boolean {
    if (this.#buffer.length < 2) return false;
    const mark = this.#take(2).toString('latin1');
    if (mark !== '--' && mark !== '\r\n') throw malformedForm('A boundary is not followed by a line break.');
    this.#state = mark === '--' ? 'done' : 'headers';
    return true;
  }

  #readHeaders(): boolean {
    const at = this.#buffer.indexOf('\r\n\r\n');
    if (at === -1) {
      if (this.#buffer.length > maxHeaderBytes) throw malformedForm('The headers of a field are too long.');
      return false;
    }
    const headers = this.#take(at).toString('utf8');
    this.#take(4);
    const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(headers)?.[1] ?? '';
    const name = /(?:^|;)\s*name="([^"]*)"/i.exec(disposition)?.[1];
    if (name === undefined) throw malformedForm('A field has no name.');
    this.#startField(name, /(?:^|;)\s*filename="([^"]*)"/i.exec(disposition)?.[1] ?? '');
    return true;
  }

  #startField(name: string, filename: string): void {
    const isFile = name.toLowerCase() === 'file';
    if (this.#fileSeen && isFile) throw wrongNumberOfFiles();
    if (this.#fileSeen)
      throw malformedForm(`The field ${name} stands after the file; the file must be the last field.`);
    this.#name = name;
    this.#state = isFile ? 'file' : 'field';
    if (!isFile) return;
    this.#fileSeen = true;
    this.#receiver.startFile(filename.slice(filename.search(/[^/\\]*$/)));
  }

  #endField(content: Buffer): void {
    this.#requireSmall(content.length);
    this.#fieldsBytes += content.length;
    this.#receiver.field(this.#name, content.toString('utf8'));
  }

  #requireSmall(bytes: number): void {
    if (this.#fieldsBytes + bytes <= maxFieldsBytes) return;
    throw new AwsError(
      'MaxPostPreDataLengthExceededError',
      400,
      'Your POST request fields preceding the upload file were too large.',
    );
  }

  #emit(bytes: Buffer, pending: Promise<void>[]): void {
    if (bytes.length === 0) return;
    const waiting = this.#receiver.fileData(bytes);
    if (waiting !== undefined) pending.push(waiting);
  }

  #take(bytes: number): Buffer {
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }
}

const malformedForm = (what: string): AwsError =>
  new AwsError(
    'MalformedPOSTRequest',
    400,
    `The body of your POST request is not well-formed multipart/form-data. ${what}`,
  );

const wrongNumberOfFiles = (): AwsError =>
  new AwsError('IncorrectNumberOfFilesInPostRequest', 400, 'POST requires exactly one file upload per request.');
