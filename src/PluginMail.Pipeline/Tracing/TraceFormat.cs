using System.Text.Json;

namespace PluginMail.Pipeline;

/// <summary>The JSON form of a decision trace.</summary>
internal static class TraceFormat
{
    /// <summary>Writes one object; its first member is the id.</summary>
    public static void Write(Utf8JsonWriter writer, DecisionTrace trace)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, trace.TransactionId);
        writer.WriteString("time"u8, trace.Started);
        writer.WriteString("session"u8, trace.SessionId);
        writer.WriteString("protocol"u8, trace.Protocol);
        WriteOptional(writer, "remote"u8, trace.Remote?.ToString());
        WriteOptional(writer, "hello"u8, trace.HelloName);
        WriteOptional(writer, "login"u8, trace.Login);
        writer.WriteString("from"u8, trace.Sender);
        writer.WriteStartArray("to"u8);
        foreach (string recipient in trace.Recipients)
        {
            writer.WriteStringValue(recipient);
        }

        writer.WriteEndArray();
        writer.WriteNumber("size"u8, trace.Size);
        writer.WriteString("reply"u8, trace.Reply);
        writer.WriteStartArray("decisions"u8);
        foreach (TraceEntry entry in trace.Entries)
        {
            Write(writer, entry);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, TraceEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("stage"u8, entry.Stage);
        writer.WriteString("role"u8, entry.Role);
        writer.WriteString("decision"u8, entry.Decision);
        WriteOptional(writer, "detail"u8, entry.Detail);
        WriteOptional(writer, "for"u8, entry.Subject);
        if (entry.Score != 0)
        {
            writer.WriteNumber("score"u8, entry.Score);
        }

        if (entry.Microseconds != 0)
        {
            writer.WriteNumber("us"u8, entry.Microseconds);
        }

        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
