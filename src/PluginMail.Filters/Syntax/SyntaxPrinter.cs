using System.Buffers;
using System.Text;

namespace PluginMail.Filters.Syntax;

/// <summary>
/// Writes a tree in one canonical form: lower-case words, two spaces of indentation, quoted strings. Parsing what it wrote
/// gives the same tree. Comments are not written; whoever edits a script edits its text.
/// </summary>
public static class SyntaxPrinter
{
    /// <summary>The octets of a whole script, lines ended by CRLF.</summary>
    public static byte[] Print(ScriptSyntax script)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var command in script.Commands)
        {
            Command(output, command, 0);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>A number that commands share whose canonical forms differ in the case of ASCII letters alone, and others hardly ever.</summary>
    /// <param name="command">The command or test.</param>
    /// <param name="buffer">Room to work in; it may be used again.</param>
    internal static (int, int) FingerprintWithoutCase(CommandSyntax command, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        Head(buffer, command);
        if (command.Block is { } block)
        {
            Block(buffer, block, 0);
        }

        var form = buffer.GetSpan(buffer.WrittenCount)[..buffer.WrittenCount];
        for (var i = 0; i < form.Length; i++)
        {
            form[i] = Ascii.ToLower(buffer.WrittenSpan[i]);
        }

        var hash = default(HashCode);
        hash.AddBytes(form);
        return (buffer.WrittenCount, hash.ToHashCode());
    }

    /// <summary>The same of a command whose last argument is left out; the argument of its first test, where it has one.</summary>
    internal static (int, int) FingerprintWithoutKeys(CommandSyntax command, ArrayBufferWriter<byte> buffer)
    {
        var test = command.Tests[0];
        buffer.ResetWrittenCount();
        Text(buffer, command.Name);
        Text(buffer, " ");
        Head(buffer, test, test.Arguments.Length - 1);
        if (command.Block is { } block)
        {
            Block(buffer, block, 0);
        }

        var hash = default(HashCode);
        hash.AddBytes(buffer.WrittenSpan);
        return (buffer.WrittenCount, hash.ToHashCode());
    }

    /// <summary>The text of one command or test, for comparing and for traces; invalid UTF-8 shown as U+FFFD.</summary>
    public static string Print(CommandSyntax command)
    {
        var output = new ArrayBufferWriter<byte>();
        Head(output, command);
        if (command.Block is { } block)
        {
            Block(output, block, 0);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The text of a command's block; empty where it has none.</summary>
    internal static string PrintBlock(CommandSyntax command)
    {
        var output = new ArrayBufferWriter<byte>();
        if (command.Block is { } block)
        {
            Block(output, block, 0);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Command(ArrayBufferWriter<byte> output, CommandSyntax command, int indent)
    {
        Indent(output, indent);
        Head(output, command);
        if (command.Block is { } block)
        {
            Block(output, block, indent);
            output.Write("\r\n"u8);
        }
        else
        {
            output.Write(";\r\n"u8);
        }
    }

    private static void Block(ArrayBufferWriter<byte> output, BlockSyntax block, int indent)
    {
        output.Write(" {\r\n"u8);
        foreach (var inner in block.Commands)
        {
            Command(output, inner, indent + 1);
        }

        Indent(output, indent);
        output.Write("}"u8);
    }

    private static void Head(ArrayBufferWriter<byte> output, CommandSyntax command) => Head(output, command, command.Arguments.Length);

    private static void Head(ArrayBufferWriter<byte> output, CommandSyntax command, int arguments)
    {
        Text(output, command.Name);
        foreach (var argument in command.Arguments.AsSpan()[..arguments])
        {
            output.Write(" "u8);
            Argument(output, argument);
        }

        if (command.HasTestList || command.Tests.Length > 0)
        {
            output.Write(command.HasTestList ? " ("u8 : " "u8);
            for (var i = 0; i < command.Tests.Length; i++)
            {
                output.Write(i == 0 ? ""u8 : ", "u8);
                Head(output, command.Tests[i]);
            }

            output.Write(command.HasTestList ? ")"u8 : ""u8);
        }
    }

    private static void Argument(ArrayBufferWriter<byte> output, ArgumentSyntax argument)
    {
        switch (argument)
        {
            case TagSyntax tag:
                output.Write(":"u8);
                Text(output, tag.Name);
                break;
            case NumberSyntax number:
                Text(output, number.Value.ToString());
                break;
            case StringListSyntax list:
                output.Write(list.HasBrackets ? "["u8 : ""u8);
                for (var i = 0; i < list.Strings.Length; i++)
                {
                    output.Write(i == 0 ? ""u8 : ", "u8);
                    Quoted(output, list.Strings[i].Value.Span);
                }

                output.Write(list.HasBrackets ? "]"u8 : ""u8);
                break;
        }
    }

    private static void Quoted(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        output.Write("\""u8);
        for (var special = value.IndexOfAny((byte)'"', (byte)'\\'); special >= 0; special = value.IndexOfAny((byte)'"', (byte)'\\'))
        {
            output.Write(value[..special]);
            output.Write([(byte)'\\', value[special]]);
            value = value[(special + 1)..];
        }

        output.Write(value);
        output.Write("\""u8);
    }

    private static void Indent(ArrayBufferWriter<byte> output, int indent)
    {
        for (var i = 0; i < indent; i++)
        {
            output.Write("  "u8);
        }
    }

    private static void Text(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
