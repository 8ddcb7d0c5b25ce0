using PluginMail.Mime;

namespace PluginMail.Imap;

/// <summary>Writes BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2) from the stored structure.</summary>
/// <param name="writer">Where to.</param>
/// <param name="envelopes">Writes the envelopes of embedded messages.</param>
internal sealed class StructureWriter(ImapWriter writer, EnvelopeWriter envelopes)
{
    /// <summary>Writes a part with all below it. The depth is bounded by the scan that made the structure.</summary>
    /// <param name="part">The part.</param>
    /// <param name="isExtended">Whether extension data is written (BODYSTRUCTURE).</param>
    public void Write(MimePart part, bool isExtended)
    {
        writer.Write("("u8);
        if (part.IsMultipart)
        {
            WriteMultipart(part, isExtended);
        }
        else if (part.ContentType.Type == "multipart")
        {
            writer.Write("(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0)"u8); // the grammar demands a part
            WriteMultipartEnd(part, isExtended);
        }
        else
        {
            WriteLeaf(part, isExtended);
        }

        writer.Write(")"u8);
    }

    private void WriteMultipart(MimePart part, bool isExtended)
    {
        foreach (MimePart child in part.Children)
        {
            Write(child, isExtended);
        }

        WriteMultipartEnd(part, isExtended);
    }

    private void WriteMultipartEnd(MimePart part, bool isExtended)
    {
        writer.Write(" "u8);
        writer.WriteString(part.ContentType.Subtype);
        if (isExtended)
        {
            writer.Write(" "u8);
            WriteParameters(part.ContentType.Parameters);
            WriteDispositionLanguageLocation(part);
        }
    }

    private void WriteLeaf(MimePart part, bool isExtended)
    {
        bool isMessage = part.ContentType.Is("message", "rfc822");
        if (isMessage && part.EmbeddedMessage is null)
        {
            writer.Write("\"application\" \"octet-stream\""u8); // an envelope would have to follow, and there is none
        }
        else
        {
            writer.WriteString(part.ContentType.Type);
            writer.Write(" "u8);
            writer.WriteString(part.ContentType.Subtype);
        }

        writer.Write(" "u8);
        if (part.ContentType.Is("text", "plain") && part.ContentType.Parameters.Count == 0)
        {
            writer.Write("(\"charset\" \"us-ascii\")"u8);
        }
        else
        {
            WriteParameters(part.ContentType.Parameters);
        }

        WriteOptional(part.ContentId);
        WriteOptional(part.ContentDescription);
        writer.Write(" "u8);
        writer.WriteString(part.TransferEncodingName ?? "7bit");
        writer.Write(" "u8);
        writer.WriteNumber(part.BodyLength);
        if (isMessage && part.EmbeddedMessage is { } embedded)
        {
            writer.Write(" "u8);
            envelopes.Write(embedded.Envelope, default);
            writer.Write(" "u8);
            Write(embedded, isExtended);
        }

        if (part.ContentType.Type == "text" || (isMessage && part.EmbeddedMessage is not null))
        {
            writer.Write(" "u8);
            writer.WriteNumber(part.BodyLines);
        }

        if (isExtended)
        {
            WriteOptional(part.ContentMd5);
            WriteDispositionLanguageLocation(part);
        }
    }

    private void WriteDispositionLanguageLocation(MimePart part)
    {
        if (part.ContentDisposition is { } disposition)
        {
            writer.Write(" ("u8);
            writer.WriteString(disposition.Type);
            writer.Write(" "u8);
            WriteParameters(disposition.Parameters);
            writer.Write(")"u8);
        }
        else
        {
            writer.Write(" NIL"u8);
        }

        if (part.ContentLanguage.Count == 0)
        {
            writer.Write(" NIL"u8);
        }
        else
        {
            writer.Write(" "u8);
            for (int i = 0; i < part.ContentLanguage.Count; i++)
            {
                writer.Write(i == 0 ? "("u8 : " "u8);
                writer.WriteString(part.ContentLanguage[i]);
            }

            writer.Write(")"u8);
        }

        WriteOptional(part.ContentLocation);
    }

    private void WriteParameters(IReadOnlyList<MimeParameter> parameters)
    {
        if (parameters.Count == 0)
        {
            writer.Write("NIL"u8);
            return;
        }

        for (int i = 0; i < parameters.Count; i++)
        {
            MimeParameter parameter = parameters[i];
            writer.Write(i == 0 ? "("u8 : " "u8);
            writer.WriteString(parameter.IsAscii ? parameter.Name : parameter.Name + "*");
            writer.Write(" "u8);
            writer.WriteString(parameter.IsAscii ? parameter.Value : parameter.ToExtendedValue());
        }

        writer.Write(")"u8);
    }

    private void WriteOptional(string? value)
    {
        writer.Write(" "u8);
        if (value is null)
        {
            writer.Write("NIL"u8);
        }
        else
        {
            writer.WriteString(value);
        }
    }
}
