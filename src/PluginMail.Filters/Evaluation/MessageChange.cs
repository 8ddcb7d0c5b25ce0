using System.Collections.Immutable;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>One change of a script to the message. The message as it came in is never altered: who stores or sends a copy makes the changes.</summary>
public abstract record MessageChange
{
    private MessageChange()
    {
    }

    /// <summary>A field of the header is added or removed (RFC 5293).</summary>
    /// <param name="Edit">The edit; one counts fields as the changes before it have left them.</param>
    public sealed record Header(MimeHeaderEdit Edit) : MessageChange
    {
        /// <inheritdoc/>
        public override string ToString() => Edit switch
        {
            MimeHeaderEdit.Prepend add => $"addheader \"{add.Name}\" \"{add.Value}\"",
            MimeHeaderEdit.Append add => $"addheader :last \"{add.Name}\" \"{add.Value}\"",
            MimeHeaderEdit.Remove { Index: { } index } remove => $"deleteheader :index {index} \"{remove.Name}\"",
            _ => $"deleteheader \"{Edit.Name}\"",
        };
    }

    /// <summary>The message, or one part of it, is replaced by another text (RFC 5703 5).</summary>
    /// <param name="Text">The text, or a MIME entity.</param>
    public sealed record Replace(string Text) : MessageChange
    {
        /// <summary>Whether the text is a MIME entity with its header.</summary>
        public bool IsMime { get; init; }

        /// <summary>The new subject of a message replaced as a whole; null: the old one stays.</summary>
        public string? Subject { get; init; }

        /// <summary>The new author of a message replaced as a whole; null: the old one stays.</summary>
        public string? From { get; init; }

        /// <summary>The part as its way from the root, each number an index from 0, as "1.0"; null: the whole message.</summary>
        public string? Part { get; init; }

        /// <inheritdoc/>
        public override string ToString() => Part is null ? "replace" : $"replace part {Part}";
    }

    /// <summary>The message becomes an attachment of a new one (RFC 5703 6).</summary>
    /// <param name="Text">What the new one says.</param>
    public sealed record Enclose(string Text) : MessageChange
    {
        /// <summary>Its subject; null: that of the message.</summary>
        public string? Subject { get; init; }

        /// <summary>Its author where From is not copied: the owner of the script.</summary>
        public required string Author { get; init; }

        /// <summary>Its date where Date is not copied.</summary>
        public required DateTimeOffset Date { get; init; }

        /// <summary>The fields that are copied from the message.</summary>
        public ImmutableArray<string> Headers { get; init; } = [];

        /// <inheritdoc/>
        public override string ToString() => "enclose";

        /// <inheritdoc/>
        public bool Equals(Enclose? other) =>
            other is not null && Text == other.Text && Subject == other.Subject && Author == other.Author && Date == other.Date && Headers.SequenceEqual(other.Headers);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Text, Subject, Date);
    }
}
