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
    public sealed record Header(HeaderEdit Edit) : MessageChange
    {
        /// <inheritdoc/>
        public override string ToString() => Edit switch
        {
            HeaderEdit.Prepend add => $"addheader \"{add.Name}\" \"{add.Value}\"",
            HeaderEdit.Append add => $"addheader :last \"{add.Name}\" \"{add.Value}\"",
            HeaderEdit.Remove { Index: { } index } remove => $"deleteheader :index {index} \"{remove.Name}\"",
            _ => $"deleteheader \"{Edit.Name}\"",
        };
    }
}
