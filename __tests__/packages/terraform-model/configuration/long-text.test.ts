import { InputError, readHcl, readJson } from '@lukko/terraform-model';

const long = 'a'.repeat((1 << 22) + 1);

describe('a text longer than any host takes', () => {
  it('is refused in HCL, with its line', () => {
    const read = () => readHcl(`resource "a" "b" {\n  name = "x"\n  user_data = "${long}"\n}\n`, 'main.tf');
    expect(read).toThrow(InputError);
    expect(read).toThrow('main.tf:3: not valid HCL: "user_data" is longer than 4194304 characters');
  });

  it('is refused in JSON, with its line', () => {
    const read = () => readJson(`{\n"a": "${long}"}`, 'main.tf.json');
    expect(read).toThrow(InputError);
    expect(read).toThrow('main.tf.json:2: not valid JSON: a text of more than 4194304 characters');
  });

  it('is read when it is just as long as that', () => {
    expect(readJson(`{"a": "${long.slice(1)}"}`, 'main.tf.json').lineOf(null)).toBeUndefined();
  });
});
