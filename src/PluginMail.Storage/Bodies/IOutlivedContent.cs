namespace PluginMail.Storage;

/// <summary>A content whose memory is used again when it is disposed, unless somebody says that it is read beyond that.</summary>
public interface IOutlivedContent
{
    /// <summary>
    /// Says that somebody may go on reading memory of the content after it is disposed: that memory is then left to the garbage collector
    /// rather than used for another message. To be called before it is disposed; more than once is once.
    /// </summary>
    void Outlive();
}
