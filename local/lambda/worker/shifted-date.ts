/**
 * Replaces the worker's `Date` by one that is ahead of the machine by an offset in shared memory, so that a function reads
 * the platform's time however it asks for it. Times that are given, and timers, are not touched.
 */
export const shiftDate = (clockOffset: SharedArrayBuffer): void => {
  const offset = new Float64Array(clockOffset);
  const machineNow = Date.now;
  const now = (): number => Math.floor(machineNow() + (offset[0] ?? 0));
  const MachineDate = Date;
  const ShiftedDate = new Proxy(MachineDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new MachineDate(now()).toString(),
  });
  MachineDate.now = now;
  Object.defineProperty(MachineDate.prototype, 'constructor', {
    value: ShiftedDate,
    writable: true,
    configurable: true,
  });
  globalThis.Date = ShiftedDate;
  shiftDefaultOfFormats(now);
};

/** `format()` without a date means now. */
const shiftDefaultOfFormats = (now: () => number): void => {
  const { prototype } = Intl.DateTimeFormat;
  const formatOf = Object.getOwnPropertyDescriptor(prototype, 'format')?.get;
  const { formatToParts } = prototype;
  if (formatOf === undefined) throw new Error('Intl.DateTimeFormat has no getter `format` to shift.');
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const format: Intl.DateTimeFormat['format'] = formatOf.call(this);
      return (date?: Date | number) => format(date === undefined ? now() : date);
    },
  });
  prototype.formatToParts = function (this: Intl.DateTimeFormat, date) {
    return formatToParts.call(this, date === undefined ? now() : date);
  };
};
